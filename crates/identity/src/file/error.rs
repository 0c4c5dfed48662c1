//! Why a map file cannot be read or written.

use std::io;

use tagma_core::ErrorKind;

use crate::key::KeyFingerprint;

/// A checkpoint that is refused, with the file that it is about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Bytes are not those that were written.
    #[error("{file} is damaged: {what}")]
    Corrupt {
        /// Name of the file.
        file: String,
        /// What was found.
        what: &'static str,
    },
    /// Another Tagma wrote it.
    #[error("{file} has format version {version}")]
    Version {
        /// Name of the file.
        file: String,
        /// Version in its footer.
        version: u16,
    },
    /// Hashes in the checkpoint were made with another key.
    #[error("the checkpoint was made with key {found}, this node has {expected}")]
    OtherKey {
        /// Key of the checkpoint.
        found: KeyFingerprint,
        /// Key of this node.
        expected: KeyFingerprint,
    },
    /// The operating system refused.
    #[error("{action} {file} failed")]
    Io {
        /// Name of the file or directory.
        file: String,
        /// What was tried.
        action: &'static str,
        /// Its answer.
        source: io::Error,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Version { .. } => ErrorKind::Incompatible,
            Self::OtherKey { .. } => ErrorKind::Invalid,
            Self::Io { source, .. } => io_kind(source),
        }
    }

    pub(super) fn corrupt(file: &str, what: &'static str) -> Self {
        Self::Corrupt {
            file: file.to_owned(),
            what,
        }
    }

    pub(super) fn io(file: &str, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            file: file.to_owned(),
            action,
            source,
        }
    }
}

/// A missing file of a checkpoint is damage: it was there when the checkpoint was published.
pub(super) fn io_kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::Corrupt,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Exhausted,
        io::ErrorKind::PermissionDenied => ErrorKind::Invalid,
        _ => ErrorKind::Unavailable,
    }
}
