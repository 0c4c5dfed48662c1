//! Why bytes are not what they should be.

use tagma_core::{ErrorKind, catalog};

/// Result of decoding.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Bytes that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not what was written.
    #[error("damaged: {what}")]
    Damaged {
        /// What does not hold.
        what: String,
    },
    /// Written by a newer version.
    #[error("format {found} is unknown: upgrade this node")]
    Format {
        /// The format byte found.
        found: u8,
    },
    /// The value inside the frame cannot be decoded.
    #[error("the value cannot be decoded")]
    Value(#[from] catalog::codec::Error),
}

impl Error {
    /// A fault in the bytes.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// Incompatible for a newer format, else Corrupt.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::Format { .. } => ErrorKind::Incompatible,
            Self::Value(error) => error.kind(),
        }
    }
}
