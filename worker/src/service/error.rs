//! Why a request is refused.

use std::sync::Arc;

use tagma_core::{ErrorKind, LogIndex, ShardEpoch, ShardId};

use crate::{exec, shard};

/// Result of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of answering a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The worker is not in touch with its cluster.
    #[error(
        "this worker has heard of no coordinator with a leader lately, so its shards may be \
         another's by now: ask again, or see `tagma cluster status`"
    )]
    OutOfContact,
    /// The request is for another cluster.
    #[error("this worker belongs to cluster {own}, not to {asked}")]
    Cluster {
        /// The worker's.
        own: String,
        /// The request's.
        asked: String,
    },
    /// The shard is not this worker's.
    #[error("shard {shard} is not owned by this worker")]
    NotOwned {
        /// The shard.
        shard: ShardId,
    },
    /// The shard is being opened.
    #[error("shard {shard} is being opened")]
    Opening {
        /// The shard.
        shard: ShardId,
    },
    /// The shard is owned under another epoch.
    #[error("shard {shard} is at epoch {own} here, not {asked}")]
    Epoch {
        /// The shard.
        shard: ShardId,
        /// The worker's.
        own: ShardEpoch,
        /// The request's.
        asked: ShardEpoch,
    },
    /// The shard did not get as far as the index in time.
    #[error("shard {shard} has applied {applied}, not {index} yet")]
    NotYet {
        /// The shard.
        shard: ShardId,
        /// Where it is.
        applied: LogIndex,
        /// What was asked for.
        index: LogIndex,
    },
    /// The shard stands still before the index.
    #[error("shard {shard} stands still at {applied}, before {index}")]
    Stopped {
        /// The shard.
        shard: ShardId,
        /// Where it is.
        applied: LogIndex,
        /// What was asked for.
        index: LogIndex,
        /// Why.
        #[source]
        source: Arc<shard::Error>,
    },
    /// The index is below what is kept.
    #[error("index {index} is no longer readable in shard {shard}: the oldest is {floor}")]
    Expired {
        /// The shard.
        shard: ShardId,
        /// What was asked for.
        index: LogIndex,
        /// The oldest that is kept.
        floor: LogIndex,
    },
    /// The person is of another shard.
    #[error("the person is not of shard {shard}")]
    Stranger {
        /// The shard.
        shard: ShardId,
    },
    /// The request does not fit together.
    #[error("the request is wrong: {0}")]
    Request(&'static str),
    /// The answer could not be computed.
    #[error("the answer cannot be computed")]
    Exec(#[from] exec::Error),
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::OutOfContact | Self::Opening { .. } | Self::NotYet { .. } => {
                ErrorKind::Unavailable
            }
            Self::Cluster { .. } | Self::Stranger { .. } | Self::Request(_) => ErrorKind::Invalid,
            Self::NotOwned { .. } => ErrorKind::NotFound,
            Self::Epoch { .. } => ErrorKind::Conflict,
            Self::Stopped { source, .. } => source.kind(),
            Self::Expired { .. } => ErrorKind::Expired,
            Self::Exec(source) => source.kind(),
        }
    }
}
