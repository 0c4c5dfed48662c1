//! What can go wrong with live state.

use tagma_core::{ErrorKind, LogIndex};

/// An error of applying, reading or loading live state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Entries are applied in order.
    #[error("entry {index} comes after entry {newest}")]
    OutOfOrder {
        /// The entry.
        index: LogIndex,
        /// The newest one applied.
        newest: LogIndex,
    },
    /// The history of that index is folded away.
    #[error("index {index} is below the floor {floor}")]
    Expired {
        /// The index asked for.
        index: LogIndex,
        /// The oldest index that can be read.
        floor: LogIndex,
    },
    /// Bytes are damaged.
    #[error("{object}: live state is damaged: {what}")]
    Corrupt {
        /// The name that the caller gave the bytes.
        object: String,
        /// What is wrong.
        what: &'static str,
    },
    /// The bytes are of another version of the format.
    #[error("{object}: live state of format version {found}, this build reads {supported}")]
    Incompatible {
        /// The name that the caller gave the bytes.
        object: String,
        /// Version found.
        found: u16,
        /// Version that this build reads.
        supported: u16,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::OutOfOrder { .. } => ErrorKind::Internal,
            Self::Expired { .. } => ErrorKind::Expired,
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Incompatible { .. } => ErrorKind::Incompatible,
        }
    }
}
