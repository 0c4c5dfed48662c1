//! What is asked of workers, in domain types; the transport lives in `grpc/`.

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use tagma_core::{AsOf, LogIndex, OneId, ShardEpoch, ShardId};

use crate::error::Result;

/// What all questions share.
#[derive(Debug, Clone)]
pub(crate) struct ShardRead {
    /// The cluster's name.
    pub(crate) cluster_id: String,
    /// The index to answer at.
    pub(crate) index: LogIndex,
    /// Shards of the worker that is asked.
    pub(crate) shards: Vec<(ShardId, ShardEpoch)>,
    /// `tagma_core::job::ShardPlan`, encoded.
    pub(crate) plan: Bytes,
    /// Per tag of the plan its manifest object; empty: never published.
    pub(crate) tag_manifests: Vec<String>,
}

/// A worker's counts over its shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CountAnswer {
    /// People alive.
    pub(crate) population: u64,
    /// Per predicate, cumulative.
    pub(crate) counts: Vec<u64>,
    /// Values that no shard of the worker knows.
    pub(crate) warnings: Vec<String>,
}

/// A question for members of one shard.
#[derive(Debug, Clone)]
pub(crate) struct MembersCall {
    pub(crate) read: ShardRead,
    /// Slots of the plan's tags to send along.
    pub(crate) with_slots: Vec<u32>,
    /// Identifier types to send along.
    pub(crate) identifiers: Vec<String>,
    /// Only people after this OneID.
    pub(crate) after: Option<OneId>,
}

/// One person's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonAnswer {
    pub(crate) alive: bool,
    /// Per predicate.
    pub(crate) holds: Vec<bool>,
    /// Per tag slot.
    pub(crate) values: Vec<String>,
}

/// A tag run over one shard.
#[derive(Debug, Clone)]
pub(crate) struct RunTagsCall {
    pub(crate) cluster_id: String,
    pub(crate) job: u64,
    pub(crate) index: LogIndex,
    pub(crate) as_of: AsOf,
    pub(crate) shard: (ShardId, ShardEpoch),
    /// `tagma_core::job::TagJobSpec`, encoded.
    pub(crate) spec: Bytes,
    /// Per published tag of the spec its manifest object.
    pub(crate) tag_manifests: Vec<String>,
}

/// People of one shard who lose rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leavers {
    /// Their shard.
    pub(crate) shard: ShardId,
    /// Who, ascending.
    pub(crate) people: Vec<OneId>,
    /// Only rows that came in under these OneIDs; empty: under any.
    pub(crate) origins: Vec<OneId>,
    /// Only rows of these tables; empty: of all.
    pub(crate) tables: Vec<String>,
}

/// Which rows that went to no table are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Letters {
    /// Those for this table; empty: for any.
    pub(crate) table: String,
    /// Those of this source; empty: of any.
    pub(crate) source: String,
    /// Those that arrived after this `_seq`.
    pub(crate) after: i64,
    /// How many at most, from the earliest on.
    pub(crate) limit: usize,
}

/// Rows that are to move.
#[derive(Debug, Clone, Default)]
pub(crate) struct CollectedRows {
    /// How many of the people asked for are in as a whole, from the first one on.
    pub(crate) people: usize,
    /// Where none is: the first one's rows are in that arrived before this `_seq`.
    pub(crate) below: i64,
    /// (table, Arrow IPC stream).
    pub(crate) tables: Vec<(String, Bytes)>,
}

/// Arrow IPC streams of members, in OneID order.
pub(crate) type MemberParts = BoxStream<'static, Result<Bytes>>;

/// Questions to the worker at an address.
#[async_trait]
pub(crate) trait ShardCalls: Send + Sync {
    /// Counts over several shards.
    async fn count(&self, address: &str, read: ShardRead) -> Result<CountAnswer>;
    /// Members of one shard.
    async fn members(&self, address: &str, call: MembersCall) -> Result<MemberParts>;
    /// One person.
    async fn person(&self, address: &str, read: ShardRead, oneid: OneId) -> Result<PersonAnswer>;
    /// A person's identifiers as (type, value); `None`: not alive at the index.
    async fn identifiers(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        shard: (ShardId, ShardEpoch),
        oneid: OneId,
    ) -> Result<Option<Vec<(String, String)>>>;
    /// A tag run: the pack's key, and `tagma_core::job::ShardJobResult`, encoded.
    async fn run_tags(&self, address: &str, call: RunTagsCall) -> Result<(String, Bytes)>;
    /// Rows of one shard that went to no table, as an Arrow IPC stream, and whether there are more.
    async fn dead_letters(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        shard: (ShardId, ShardEpoch),
        letters: &Letters,
    ) -> Result<(Bytes, bool)>;
    /// Rows of people who leave the shard, of as many as fit into a landing.
    async fn collect_rows(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        epoch: ShardEpoch,
        leavers: &Leavers,
    ) -> Result<CollectedRows>;
}
