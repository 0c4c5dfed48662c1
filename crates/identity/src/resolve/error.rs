//! Why a whole batch cannot be resolved.

use tagma_core::{ErrorKind, ShardId};

use crate::{forest, layer, map};

/// A batch that is refused; placement and map are as before.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The map could not be read.
    #[error("identifiers of the batch could not be looked up")]
    Map(#[from] map::Error),
    /// A merge does not fit the forest.
    #[error("a merge of the batch does not fit the map")]
    Forest(#[from] forest::Error),
    /// The batch's layer could not be built.
    #[error("the layer of the batch could not be built")]
    Layer(#[from] layer::Error),
    /// A shard has given its last ordinal.
    #[error("shard {0} has no ordinal left: add shards")]
    OrdinalsExhausted(ShardId),
    /// The placement names no shard, more than there can be, or not one ordinal for each.
    #[error("a placement over {shard_count} shards with {ordinals} next ordinals")]
    Placement {
        /// Shards that it names.
        shard_count: u16,
        /// Next ordinals that it has.
        ordinals: usize,
    },
    /// The creation order does not continue with these people.
    #[error("people are not those that follow creation number {creation_count}")]
    CreationOrder {
        /// People created so far.
        creation_count: u64,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Map(source) => source.kind(),
            Self::Forest(source) => source.kind(),
            Self::Layer(source) => source.kind(),
            Self::OrdinalsExhausted(_) => ErrorKind::Exhausted,
            Self::Placement { .. } => ErrorKind::Internal,
            Self::CreationOrder { .. } => ErrorKind::Conflict,
        }
    }
}
