//! What can go wrong with a shard.

use tagma_core::{ErrorKind, LogIndex, ShardEpoch, ShardId, catalog::codec};

use super::{section, state::OutOfStep};
use crate::agent::HomeError;

/// Result of work on a shard.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of following, storing or opening a shard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A journal entry is damaged: the shard stands still at the index before it.
    #[error("shard {shard}: its part of journal entry {index} is damaged")]
    Entry {
        /// The shard.
        shard: ShardId,
        /// The entry.
        index: LogIndex,
        /// What is wrong with it.
        #[source]
        source: section::Error,
    },
    /// No coordinator can read the next journal entry: the shard stands still before it.
    #[error("shard {shard}: journal entry {index} cannot be read by any coordinator")]
    Journal {
        /// The shard.
        shard: ShardId,
        /// The entry, or the one after everything that was read.
        index: LogIndex,
        /// What the last coordinator said.
        #[source]
        source: HomeError,
    },
    /// A journal entry does not follow the one before it.
    #[error("shard {shard}: journal entry {index} does not fit what was applied before")]
    Step {
        /// The shard.
        shard: ShardId,
        /// The entry.
        index: LogIndex,
        /// What does not fit.
        #[source]
        source: OutOfStep,
    },
    /// A manifest cannot be read.
    #[error("object {key} is no shard manifest")]
    Manifest {
        /// Its key.
        key: String,
        /// The decoder's word.
        #[source]
        source: codec::Error,
    },
    /// A manifest belongs to another shard.
    #[error("object {key} is the manifest of shard {shard}")]
    ForeignManifest {
        /// Its key.
        key: String,
        /// The shard that it names.
        shard: ShardId,
    },
    /// The people of a manifest cannot be read.
    #[error("the people of a shard cannot be read")]
    People(#[from] tagma_engine::alive::Error),
    /// The object store failed.
    #[error("an object of a shard cannot be stored or loaded")]
    Store(#[from] tagma_store::Error),
    /// A run could not be written or merged.
    #[error("a run cannot be written")]
    Run(#[from] tagma_sql::run::Error),
    /// No coordinator took the manifest.
    #[error("no coordinator took the manifest of shard {shard}")]
    Commit {
        /// The shard.
        shard: ShardId,
        /// Its answer.
        #[source]
        source: HomeError,
    },
    /// The declared tables could not be learnt.
    #[error("the declared tables cannot be learnt")]
    Tables(#[source] HomeError),
    /// Rows came for a table that the coordinator asked does not know yet.
    #[error("table `{table}` is not known at the coordinator asked")]
    UnknownTable {
        /// Its name.
        table: String,
    },
    /// The rows of a built-in table have a type that no column can have.
    #[error("column `{column}` of table `{table}` has a type that is not stored")]
    ColumnType {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The shard is another worker's now, or this one's under a newer epoch.
    #[error("shard {shard} is no longer owned under epoch {epoch}")]
    Lost {
        /// The shard.
        shard: ShardId,
        /// The epoch that has passed.
        epoch: ShardEpoch,
    },
    /// A task of the shard ended in a panic.
    #[error("a task of shard {shard} broke off")]
    Panicked {
        /// The shard.
        shard: ShardId,
        /// How.
        #[source]
        source: tokio::task::JoinError,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Entry { source, .. } => source.kind(),
            Self::Journal { source, .. } => source.kind(),
            Self::Step { .. } | Self::ForeignManifest { .. } => ErrorKind::Corrupt,
            Self::Manifest { source, .. } => source.kind(),
            Self::People(source) => source.kind(),
            Self::Store(source) => source.kind(),
            Self::Run(source) => source.kind(),
            Self::Commit { source, .. } | Self::Tables(source) => source.kind(),
            Self::UnknownTable { .. } => ErrorKind::Unavailable,
            Self::ColumnType { .. } => ErrorKind::Invalid,
            Self::Lost { .. } => ErrorKind::Conflict,
            Self::Panicked { .. } => ErrorKind::Internal,
        }
    }
}
