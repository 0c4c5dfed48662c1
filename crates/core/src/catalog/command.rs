//! Every change that can enter the log.
//!
//! Commands are replicated and stored: fields are added with a default, never renamed or re-used.

use serde::{Deserialize, Serialize};

use super::{
    objects::{CheckpointRef, ManifestRef, ObjectRef, SectionRef},
    people_list::PeopleList,
    state::{JobId, ProducerId},
};
use crate::{
    id::{LogIndex, NodeId, OneId, Ordinal, ShardEpoch, ShardId, TagVersion},
    schema::{IdentifierType, Name, TableSchema, TagDefinition},
    segment::SegmentDefinition,
};

/// Name of a request by its client, so that a retry is answered with the first outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub String);

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The leader's clock in UTC microseconds, never before an earlier entry's.
    pub stamp: i64,
    /// Set where the client may retry.
    #[serde(default)]
    pub request: Option<RequestId>,
    /// The change.
    pub command: Command,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// First command of every cluster.
    CreateCluster(CreateCluster),
    /// A worker process announces itself; the same name keeps its number.
    RegisterWorker {
        /// Stable name.
        name: String,
        /// Where coordinators reach it.
        address: String,
    },
    /// Gives shards to workers; every shard named gets a new epoch.
    AssignShards {
        /// (shard, owner, epoch that the proposer saw): a shard whose epoch has moved is left.
        owners: Vec<(ShardId, NodeId, ShardEpoch)>,
    },
    /// Rows and identifiers, by reference.
    Batch(Box<Batch>),
    /// Merges land, or an operator changes who is who.
    ChangePeople(Box<ChangePeople>),
    /// Definitions, all or none.
    Apply(Box<ApplyDocuments>),
    /// Removes a saved segment.
    DeleteSegment {
        /// Which.
        name: Name,
    },
    /// A client that streams rows in asks for its number and epoch.
    OpenProducer {
        /// Stable name given by the client.
        name: String,
    },
    /// A file is about to be loaded.
    OpenLoad(OpenLoad),
    /// All rows of a file have been sent.
    CloseLoad {
        /// The load's producer.
        producer: ProducerId,
        /// Its epoch.
        epoch: u64,
        /// Requests sent in all.
        sequences: u64,
    },
    /// A shard's new manifest.
    CommitManifest(CommitManifest),
    /// A new identity checkpoint.
    CommitCheckpoint {
        /// Replaces an older one.
        checkpoint: CheckpointRef,
    },
    /// A run of tags begins; its rows are those at the entry's own index, which stays pinned.
    OpenJob {
        /// The tags of the run.
        tags: Vec<Name>,
        /// What `now()` means in it, UTC microseconds.
        as_of: i64,
    },
    /// A run's sections become readable on every shard at once, and the job is closed.
    PublishTags(PublishTags),
    /// A run ended without a result.
    FailJob {
        /// Which.
        job: JobId,
        /// Why, for people.
        reason: String,
    },
    /// An older version's values become the newest version.
    RollbackTag {
        /// The tag.
        name: Name,
        /// The version to bring back.
        version: TagVersion,
    },
    /// Older indexes are no longer readable.
    AdvanceFloor {
        /// The oldest readable index.
        to: LogIndex,
    },
    /// Keeps an index readable.
    Pin {
        /// A readable index.
        index: LogIndex,
        /// Who asks, for people.
        owner: String,
        /// UTC microseconds.
        expires_at: i64,
    },
    /// Changes nothing: once it is applied, the outcome of everything before it is known.
    Barrier,
    /// Ends a pin.
    Unpin {
        /// The pin's number.
        pin: u64,
    },
}

/// What a cluster is, once and for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateCluster {
    /// Random name that every node checks.
    pub cluster_id: String,
    /// Shards, 1 to 32,767.
    pub shard_count: u16,
    /// Fingerprint of the identifier hash key.
    pub key_fingerprint: String,
    /// IANA name of the default time zone.
    pub zone: String,
}

/// One batch of rows: an object, and what it changes in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Next number of the chain.
    pub chain: u64,
    /// The journal object.
    pub object: ObjectRef,
    /// Nonce in the object's header.
    pub nonce: [u8; 16],
    /// Where each shard's rows lie, ascending by shard; shards without rows are absent.
    pub sections: Vec<(ShardId, SectionRef)>,
    /// Where the identity layer lies; `None`: no identifier is new.
    pub identity: Option<SectionRef>,
    /// People created, ascending by shard.
    pub created: Vec<CreatedPeople>,
    /// People merged away by it whose rows have still to move.
    #[serde(default)]
    pub decided: PeopleList,
    /// How often each identity rule fired in it.
    #[serde(default)]
    pub rules: RuleCounts,
    /// The requests in the batch, in the order in which their rows count.
    pub requests: Vec<BatchRequest>,
    /// What it brings to each table, ascending by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableRows>,
}

/// Rows that came to a table, copies not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The table.
    pub table: Name,
    /// Rows.
    pub rows: u64,
    /// Bytes of the requests that they came in.
    pub bytes: u64,
}

/// How often each identity rule fired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCounts {
    /// People merged away.
    pub merged: u64,
    /// Identifiers left out: the person would have too many values of their type.
    pub limit: u64,
    /// Identifiers left out: the person would have two values of a unique type.
    pub unique: u64,
    /// Identifiers left out: one person would consist of too many.
    pub guard: u64,
    /// Identifiers left out: they link more people than their type allows.
    pub quarantined: u64,
    /// Records that would have joined two people who are kept apart.
    pub barred: u64,
}

impl RuleCounts {
    /// Adds another's.
    pub fn add(&mut self, other: &Self) {
        self.merged += other.merged;
        self.limit += other.limit;
        self.unique += other.unique;
        self.guard += other.guard;
        self.quarantined += other.quarantined;
        self.barred += other.barred;
    }
}

/// Rows move between people; nothing is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangePeople {
    /// Next number of the chain.
    pub chain: u64,
    /// The journal object.
    pub object: ObjectRef,
    /// Nonce in the object's header.
    pub nonce: [u8; 16],
    /// Where each shard's part lies, ascending by shard.
    pub sections: Vec<(ShardId, SectionRef)>,
    /// Where the identity layer lies.
    pub identity: Option<SectionRef>,
    /// People whose merge is decided here and lands later.
    pub decided: PeopleList,
    /// People whose rows move to their survivors here; their merges must be pending.
    pub landed: PeopleList,
    /// People some of whose rows move here, since all together are too many for one entry: their
    /// merges stay pending.
    #[serde(default)]
    pub portions: PeopleList,
    /// Index at which the rows were read: not before a portion of them moved.
    #[serde(default)]
    pub read_at: LogIndex,
    /// People whose earlier rows all come back to them here; their unmerges must be pending.
    #[serde(default)]
    pub returned: PeopleList,
    /// People some of whose earlier rows come back here: their unmerges stay pending.
    #[serde(default)]
    pub returned_in_part: PeopleList,
    /// What an operator asked for; `None`: rows move, and nothing is decided.
    #[serde(default)]
    pub operation: Option<PeopleOperation>,
}

impl ChangePeople {
    /// The entry of an object without parts, as number `chain` of the chain; about nobody yet.
    pub fn new(chain: u64, object: ObjectRef, nonce: [u8; 16]) -> Self {
        Self {
            chain,
            object,
            nonce,
            sections: Vec::new(),
            identity: None,
            decided: PeopleList::default(),
            landed: PeopleList::default(),
            portions: PeopleList::default(),
            read_at: LogIndex::ZERO,
            returned: PeopleList::default(),
            returned_in_part: PeopleList::default(),
            operation: None,
        }
    }

    /// Whether rows go from one person to another.
    pub fn moves_rows(&self) -> bool {
        let moving = [
            &self.landed,
            &self.portions,
            &self.returned,
            &self.returned_in_part,
        ];
        moving.into_iter().any(|people| !people.is_empty())
    }
}

/// What an operator changes about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PeopleOperation {
    /// Two people become one; who is merged away stands in [`ChangePeople::decided`] too.
    Merge {
        /// Who is merged away.
        loser: OneId,
        /// Who stays.
        survivor: OneId,
    },
    /// A merge is undone: the loser is alive again, and its rows are to come back.
    Unmerge {
        /// Who is a person of its own again.
        loser: OneId,
        /// Who has its rows.
        holder: OneId,
        /// Rows that came in under these are the loser's.
        origins: PeopleList,
    },
    /// Two people may be joined again.
    Lift {
        /// One of them.
        first: OneId,
        /// The other one.
        second: OneId,
    },
    /// An identifier is nobody's.
    Unbind {
        /// Whose it was.
        person: OneId,
    },
    /// An identifier is no longer in quarantine.
    Release,
}

/// A dense range of new people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedPeople {
    /// Their shard.
    pub shard: ShardId,
    /// The first one's ordinal: the shard's next.
    pub first: Ordinal,
    /// How many, ≥ 1.
    pub count: u32,
}

/// One client request within a batch; a tuple on the wire, since a batch holds up to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(ProducerId, u64, u64, u64, u64, u64)")]
#[serde(into = "(ProducerId, u64, u64, u64, u64, u64)")]
pub struct BatchRequest {
    /// Who sent it.
    pub producer: ProducerId,
    /// The producer's epoch.
    pub epoch: u64,
    /// The producer's next sequence.
    pub sequence: u64,
    /// Rows that went into tables.
    pub rows: u64,
    /// Rows that went to the dead letters.
    pub rejected: u64,
    /// People that it created.
    pub created: u64,
}

impl From<(ProducerId, u64, u64, u64, u64, u64)> for BatchRequest {
    fn from(t: (ProducerId, u64, u64, u64, u64, u64)) -> Self {
        let (producer, epoch, sequence, rows, rejected, created) = t;
        Self {
            producer,
            epoch,
            sequence,
            rows,
            rejected,
            created,
        }
    }
}

impl From<BatchRequest> for (ProducerId, u64, u64, u64, u64, u64) {
    fn from(r: BatchRequest) -> Self {
        (
            r.producer, r.epoch, r.sequence, r.rows, r.rejected, r.created,
        )
    }
}

/// Definitions to create or replace, all or none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApplyDocuments {
    /// Next number of the chain: batches are checked against types and tables.
    pub chain: u64,
    /// Identifier types; `number` is given by the catalog.
    pub identifiers: Vec<IdentifierType>,
    /// Identifier types that exist stay as they are, whatever `identifiers` says of them.
    #[serde(default)]
    pub keep_identifiers: bool,
    /// Tables.
    pub tables: Vec<TableSchema>,
    /// Tags.
    pub tags: Vec<TagDefinition>,
    /// Saved segments.
    pub segments: Vec<SegmentDefinition>,
}

/// A file by content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLoad {
    /// The table.
    pub table: Name,
    /// Hex digest of how columns map.
    pub mapping: String,
    /// Hex digest of the bytes.
    pub content: String,
    /// The file's name, for people.
    pub file: String,
    /// The file's size.
    pub bytes: u64,
}

/// A shard's new manifest, by compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitManifest {
    /// The shard.
    pub shard: ShardId,
    /// The owner's epoch.
    pub epoch: ShardEpoch,
    /// Key of the manifest that this one replaces.
    pub base: Option<String>,
    /// The new one.
    pub manifest: ManifestRef,
}

/// A run's result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishTags {
    /// The open job.
    pub job: JobId,
    /// The manifest object that names every shard's sections.
    pub manifest: ObjectRef,
    /// The tags in it.
    pub tags: Vec<PublishedTag>,
}

/// One tag of a run's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTag {
    /// The tag.
    pub name: Name,
    /// People with a value.
    pub rows: u64,
}
