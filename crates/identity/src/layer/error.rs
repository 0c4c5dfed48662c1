//! Why bytes are not a layer, or parts do not make one.

use tagma_core::{ErrorKind, OneId};

/// A layer that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are not an identity section.
    #[error("the identity section is damaged: {0}")]
    Damaged(&'static str),
    /// Another Tagma wrote it.
    #[error("an identity section of version {version} with section kind {kind}")]
    Version {
        /// Version in the header.
        version: u16,
        /// First unknown kind, 0 where the version is another one already.
        kind: u16,
    },
    /// One identifier twice in one batch.
    #[error("one identifier is attached twice, to {0} and to another person")]
    Twice(OneId),
    /// More than 2³² − 1 identifiers or people.
    #[error("a layer holds at most 2^32 - 1 identifiers and people")]
    TooLarge,
}

impl Error {
    /// Corrupt, Incompatible, or Internal for a builder that was misused.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Damaged(_) => ErrorKind::Corrupt,
            Self::Version { .. } => ErrorKind::Incompatible,
            Self::Twice(_) => ErrorKind::Internal,
            Self::TooLarge => ErrorKind::Exhausted,
        }
    }
}
