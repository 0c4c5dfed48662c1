//! Why the map cannot answer or cannot take a layer.

use tagma_core::{ErrorKind, LogIndex};

use crate::{file, forest, resolve};

/// A refused question or layer; the map is as before.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A map file could not be read.
    #[error("the identity checkpoint could not be read")]
    File(#[from] file::Error),
    /// A merge step of a layer does not fit.
    #[error("a merge step of the layer does not fit the map")]
    Forest(#[from] forest::Error),
    /// People of a layer are not those that come next.
    #[error("the layer does not continue the creation order")]
    Order(#[source] Box<resolve::Error>),
    /// The map has not reached the index.
    #[error("the identity map is at {at}, not yet at {index}")]
    NotReached {
        /// Index asked for.
        index: LogIndex,
        /// Where the map is.
        at: LogIndex,
    },
    /// Indexes only grow, and have 40 bits.
    #[error("index {index} does not follow {at}")]
    OutOfOrder {
        /// Index given.
        index: LogIndex,
        /// Where the map is.
        at: LogIndex,
    },
    /// A layer from the journal cannot be pushed past staged ones, nor committed where none is.
    #[error("{staged} layers are staged")]
    Staged {
        /// How many.
        staged: usize,
    },
    /// A checkpoint that this map cannot stand on.
    #[error("a checkpoint at {checkpoint} under a map at {at}")]
    Checkpoint {
        /// Index of the checkpoint.
        checkpoint: LogIndex,
        /// Where the map is.
        at: LogIndex,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::File(source) => source.kind(),
            Self::Forest(source) => source.kind(),
            Self::Order(source) => source.kind(),
            Self::NotReached { .. } => ErrorKind::Unavailable,
            Self::OutOfOrder { .. } | Self::Staged { .. } | Self::Checkpoint { .. } => {
                ErrorKind::Conflict
            }
        }
    }
}
