//! Everything that the log decides.

use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};

use super::{
    command::{RequestId, RuleCounts},
    history::History,
    objects::{CheckpointRef, ManifestRef, ObjectRef, SectionRef},
    outcome::Outcome,
    people_list::PeopleList,
};
use crate::{
    id::{AsOf, LogIndex, NodeId, OneId, Ordinal, ShardEpoch, ShardId, TagVersion, Term},
    schema::{IdentifierType, Name, TableSchema, TagDefinition},
    segment::SegmentDefinition,
};

/// Number of a producer, given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProducerId(pub u64);

/// Number of a tag run: the index of the entry that opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// The replicated state. A clone is O(1).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The last entry applied.
    pub applied: LogIndex,
    /// Its term.
    pub term: Term,
    /// Stamp of the last command, UTC microseconds.
    pub stamp: i64,
    /// Stamps of commands from the floor on.
    pub stamps: OrdMap<LogIndex, i64>,
    /// The oldest readable index.
    pub floor: LogIndex,
    /// Last number of the chain.
    pub chain: u64,
    /// `None` before [`super::Command::CreateCluster`].
    pub cluster: Option<ClusterInfo>,
    /// How many people were ever created.
    pub people: PeopleCounters,
    /// Merges that are decided and have not landed: who is merged away, and since when.
    #[serde(default)]
    pub pending_merges: OrdMap<OneId, LogIndex>,
    /// Where the rows of a pending merge move in portions: when the last one has moved.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub moved_portions: OrdMap<OneId, LogIndex>,
    /// Unmerges that are decided and whose rows have not all come back, by who is alive again.
    #[serde(default)]
    pub pending_unmerges: OrdMap<OneId, PendingUnmerge>,
    /// The last entry that moved rows between people.
    #[serde(default)]
    pub rows_moved: LogIndex,
    /// How often each identity rule has fired.
    #[serde(default)]
    pub rules: RuleCounts,
    /// Worker processes.
    pub workers: OrdMap<NodeId, Worker>,
    /// Who owns which shard.
    pub shards: OrdMap<ShardId, Assignment>,
    /// Data entries that some follower may still need.
    pub journal: OrdMap<LogIndex, JournalRef>,
    /// Data entries up to here are forgotten: a follower that has not taken them starts from a
    /// manifest or checkpoint.
    #[serde(default)]
    pub trimmed: LogIndex,
    /// The last published identity checkpoint.
    pub checkpoint: Option<CheckpointRef>,
    /// Identifier types by name.
    pub identifiers: OrdMap<Name, IdentifierType>,
    /// Tables by name. Their histories are kept whole: loads are known by the first types.
    pub tables: OrdMap<Name, History<TableSchema>>,
    /// Rows that ever came to tables.
    #[serde(default)]
    pub table_rows: OrdMap<Name, RowCount>,
    /// Tags by name.
    pub tags: OrdMap<Name, TagState>,
    /// Saved segments by name.
    pub segments: OrdMap<Name, History<SegmentDefinition>>,
    /// Producers by number.
    pub producers: OrdMap<ProducerId, Producer>,
    /// Producers by name.
    pub producer_names: OrdMap<String, ProducerId>,
    /// Open tag runs.
    pub jobs: OrdMap<JobId, Job>,
    /// Why the last runs failed, newest last.
    pub failed_jobs: Vector<(JobId, String)>,
    /// Indexes kept readable, by number.
    pub pins: OrdMap<u64, Pin>,
    /// Outcomes of retriable requests of the last day, with their stamps.
    pub requests: OrdMap<RequestId, (i64, Outcome)>,
}

/// How much ever came to a table, copies not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCount {
    /// Rows, every version of a key among them.
    pub rows: u64,
    /// Bytes of the requests that they came in.
    pub bytes: u64,
}

/// What the cluster is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterInfo {
    /// Random name that every node checks.
    pub cluster_id: String,
    /// Shards, 1 to 32,767.
    pub shard_count: u16,
    /// Fingerprint of the identifier hash key.
    pub key_fingerprint: String,
    /// IANA name of the default time zone.
    pub zone: String,
}

/// How many people were ever created, in all and per shard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleCounters {
    /// In all: decides the next person's shard.
    pub created: u64,
    /// Next ordinal of shard 1, 2, …
    pub next_ordinal: Vector<Ordinal>,
}

/// Rows that are to come back to somebody who was merged away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingUnmerge {
    /// Who has them.
    pub holder: OneId,
    /// From this index on new rows of the origins are not the holder's.
    pub decided: LogIndex,
    /// The OneIDs that they came in under.
    pub origins: PeopleList,
}

/// A worker process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// Stable name.
    pub name: String,
    /// Where coordinators reach it.
    pub address: String,
}

/// A shard's owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// `None` until first placed.
    pub owner: Option<NodeId>,
    /// Grows with every assignment.
    pub epoch: ShardEpoch,
    /// Index of the assignment.
    pub since: LogIndex,
    /// The current manifest.
    pub manifest: Option<ManifestRef>,
}

/// A data entry's object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRef {
    /// The object.
    pub object: ObjectRef,
    /// Nonce in the object's header.
    pub nonce: [u8; 16],
    /// Where each shard's rows lie, ascending by shard.
    pub sections: Vec<(ShardId, SectionRef)>,
    /// Where the identity layer lies.
    pub identity: Option<SectionRef>,
    /// Commit time of the entry, UTC microseconds: known for as long as the entry is.
    #[serde(default)]
    pub stamp: i64,
}

/// A tag: definitions and published versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TagState {
    /// Definitions through time.
    pub definitions: History<TagDefinition>,
    /// Kept versions, oldest first.
    pub versions: Vector<Published>,
}

/// A published version of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its number.
    pub version: TagVersion,
    /// Index from which it is read.
    pub index: LogIndex,
    /// Index whose rows it was computed from.
    pub source_index: LogIndex,
    /// What `now()` meant.
    pub as_of: AsOf,
    /// The object that names every shard's sections.
    pub manifest: ObjectRef,
    /// The definition that it was computed by.
    pub definition: TagDefinition,
    /// People with a value.
    pub rows: u64,
    /// Set where the values are an older version's.
    pub rolled_back_to: Option<TagVersion>,
}

/// A source of rows with exactly-once sequences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Its name.
    pub name: String,
    /// Its current epoch.
    pub epoch: u64,
    /// Last sequence taken; 0: none.
    pub last_sequence: u64,
    /// Outcomes of the last sequences, oldest first; older ones are forgotten.
    pub recorded: Vector<(u64, Recorded)>,
    /// Set where the producer is a file.
    pub load: Option<LoadInfo>,
    /// Index of the first batch with rows of it.
    pub first_index: LogIndex,
    /// Index of the last batch with rows of it.
    pub last_index: LogIndex,
    /// Rows in tables.
    pub rows: u64,
    /// Dead letters.
    pub rejected: u64,
    /// People created.
    pub created: u64,
}

/// A file that was or is being loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadInfo {
    /// The table.
    pub table: Name,
    /// The file's name, for people.
    pub file: String,
    /// The file's size.
    pub bytes: u64,
    /// Hex digest of the bytes.
    pub content: String,
    /// Whether all rows have been taken.
    pub finished: bool,
}

/// What one request did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The batch's index.
    pub index: LogIndex,
    /// Rows in tables.
    pub rows: u64,
    /// Dead letters.
    pub rejected: u64,
    /// People created.
    pub created: u64,
}

/// An open tag run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Index whose rows it reads; pinned while the job is open.
    pub index: LogIndex,
    /// What `now()` means in it.
    pub as_of: AsOf,
    /// (tag, definition at the index).
    pub tags: Vec<TagDefinition>,
}

/// An index kept readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The index.
    pub index: LogIndex,
    /// Who asked, for people.
    pub owner: String,
    /// UTC microseconds.
    pub expires_at: i64,
}
