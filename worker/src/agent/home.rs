//! `Home`: a worker's line to its coordinators, as a trait without wire types.
//!
//! Owns the words of that conversation. Implemented over gRPC in `grpc/home.rs`, and by fakes in
//! tests. Must not decide anything: who owns what is told, never concluded here.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use tagma_core::catalog::ManifestRef;
use tagma_core::schema::TableSchema;
use tagma_core::{ErrorKind, LogIndex, NodeId, ShardEpoch, ShardId};

/// Why a coordinator gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HomeError {
    /// What to do about it.
    pub kind: ErrorKind,
    /// The coordinator's words, or the transport's.
    pub message: String,
}

impl HomeError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// What a worker is told when it announces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The worker's number.
    pub node: NodeId,
    /// Name of the cluster.
    pub cluster_id: String,
}

/// What a worker tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Name of the cluster.
    pub cluster_id: String,
    /// The worker's number.
    pub node: NodeId,
    /// Where coordinators reach it.
    pub address: String,
    /// The shards that it serves, ascending.
    pub shards: Vec<ShardProgress>,
}

/// How far a shard is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardProgress {
    /// The shard.
    pub shard: ShardId,
    /// Epoch under which it is served.
    pub epoch: ShardEpoch,
    /// Answers are possible up to here.
    pub applied: LogIndex,
    /// Bytes of rows not yet flushed.
    pub hot_bytes: u64,
    /// Why it stands still; `None`: it does not.
    pub stopped: Option<String>,
}

/// What a coordinator answers to a [`Beat`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BeatAnswer {
    /// What the worker owns.
    pub owned: Vec<OwnedShard>,
    /// Index of the catalog that the answer was made from.
    pub applied: LogIndex,
    /// Oldest index that must stay readable.
    pub oldest_kept: LogIndex,
    /// For how long the coordinator has heard of no live leader; `None`: it never did.
    pub leader_silence: Option<Duration>,
}

/// A shard to own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedShard {
    /// The shard.
    pub shard: ShardId,
    /// Its epoch.
    pub epoch: ShardEpoch,
    /// Key of its manifest; `None`: it has none yet.
    pub manifest: Option<String>,
    /// Index up to which the manifest goes.
    pub flushed: LogIndex,
}

/// A manifest to put in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestCommit {
    /// Name of the cluster.
    pub cluster_id: String,
    /// The shard.
    pub shard: ShardId,
    /// The owner's epoch.
    pub epoch: ShardEpoch,
    /// Key of the manifest that is replaced; `None`: there is none.
    pub base: Option<String>,
    /// The new one.
    pub manifest: ManifestRef,
}

/// From where a shard follows the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailFrom {
    /// Name of the cluster.
    pub cluster_id: String,
    /// The shard.
    pub shard: ShardId,
    /// The owner's epoch.
    pub epoch: ShardEpoch,
    /// The last index that the shard has.
    pub after: LogIndex,
}

/// News of the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TailMessage {
    /// Entries with rows for the shard, ascending.
    pub entries: Vec<TailEntry>,
    /// There is nothing else for the shard up to here.
    pub through: LogIndex,
}

/// A shard's part of a data entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailEntry {
    /// The entry's index.
    pub index: LogIndex,
    /// The shard's section of the journal object.
    pub section: Bytes,
    /// CRC-32C of the section.
    pub crc32c: u32,
}

/// News of the journal without end, until the line breaks.
pub type TailStream = BoxStream<'static, Result<TailMessage, HomeError>>;

/// The coordinators of the cluster.
#[async_trait]
pub trait Home: Send + Sync + 'static {
    /// How many coordinators there are, at least 1; they are numbered from 0.
    fn coordinators(&self) -> usize;

    /// Announces the worker; safe to repeat.
    ///
    /// # Errors
    /// Unavailable while nobody leads.
    async fn register(&self, name: &str, address: &str) -> Result<Registration, HomeError>;

    /// Tells one coordinator what is applied, and learns what to own.
    ///
    /// # Errors
    /// Unavailable where it does not answer; Invalid where it is of another cluster.
    async fn heartbeat(&self, coordinator: usize, beat: Beat) -> Result<BeatAnswer, HomeError>;

    /// Puts a manifest in the place of its base; the entry's index.
    ///
    /// # Errors
    /// Conflict where epoch or base have moved; Timeout where the outcome is unknown.
    async fn commit_manifest(&self, commit: ManifestCommit) -> Result<LogIndex, HomeError>;

    /// Follows the journal at one coordinator.
    ///
    /// # Errors
    /// Unavailable where it does not answer.
    async fn tail(&self, coordinator: usize, from: TailFrom) -> Result<TailStream, HomeError>;

    /// Every table declared so far. A table never changes once it is declared.
    ///
    /// # Errors
    /// Unavailable where nobody answers.
    async fn tables(&self) -> Result<Vec<TableSchema>, HomeError>;
}
