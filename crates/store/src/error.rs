//! What can go wrong with a stored object, and what the caller should do about it.
//!
//! Owns the error type of the store and of the frame. Must not hide which object it was: every
//! variant names its key.

use std::error::Error as StdError;
use std::io;

use tagma_core::ErrorKind;

/// Result of store and frame operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Error of the store or of the frame around an object.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is stored under the key.
    #[error("object {key} does not exist")]
    NotFound {
        /// Key of the object.
        key: String,
    },
    /// The key is taken by an object that another writer created.
    #[error("object {key} already exists and was created by another writer")]
    Exists {
        /// Key of the object.
        key: String,
    },
    /// The key is not a relative, normalised path with at least one part.
    #[error("object key {key:?} is not valid: use non-empty parts separated by single slashes")]
    InvalidKey {
        /// The key as given.
        key: String,
    },
    /// The bytes given to `create` are not a framed object that carries the nonce given.
    #[error("object {key} was not built with the nonce that it is created under")]
    WrongNonce {
        /// Key of the object.
        key: String,
    },
    /// Stored bytes are damaged.
    #[error("object {object} is damaged: {what}")]
    Corrupt {
        /// Key of the object.
        object: String,
        /// Which part (section, offset) and how.
        what: String,
    },
    /// The object is intact but written in a format version that this build does not read.
    #[error("object {object} has format version {found}, this build reads {supported}")]
    Version {
        /// Key of the object.
        object: String,
        /// Version found in the header.
        found: u16,
        /// Version that this build reads and writes.
        supported: u16,
    },
    /// The store answered neither yes nor no to a create, and reading back failed as well.
    #[error("it is unknown whether object {key} was created")]
    OutcomeUnknown {
        /// Key of the object.
        key: String,
        /// Why it could not be read back.
        #[source]
        source: Box<Error>,
    },
    /// The store lets a second create of the same key succeed.
    #[error(
        "{store} ignores create-only puts, so acknowledged data could be overwritten: use a \
         volume or bucket whose conditional puts work (on OSS and COS turn on the store option \
         that forbids overwriting)"
    )]
    NotCreateOnly {
        /// What the store calls itself.
        store: String,
    },
    /// The store did not give back what was put a moment before.
    #[error("{store} gave back other bytes than were put: check the volume or bucket")]
    NotFaithful {
        /// What the store calls itself.
        store: String,
    },
    /// The directory cannot be used as an object store.
    #[error("cannot open {root} as an object store")]
    Open {
        /// The directory.
        root: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The store failed.
    #[error("cannot {operation} {key}")]
    Access {
        /// What was being done: `create`, `read`, `list`, …
        operation: &'static str,
        /// Key or prefix.
        key: String,
        /// The cause.
        #[source]
        source: object_store::Error,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Exists { .. } => ErrorKind::AlreadyExists,
            Self::InvalidKey { .. } => ErrorKind::Invalid,
            Self::WrongNonce { .. } => ErrorKind::Internal,
            Self::Corrupt { .. } | Self::NotFaithful { .. } => ErrorKind::Corrupt,
            Self::Version { .. } | Self::NotCreateOnly { .. } => ErrorKind::Incompatible,
            Self::OutcomeUnknown { .. } => ErrorKind::Timeout,
            Self::Open { source, .. } => io_kind(source),
            Self::Access { source, .. } => access_kind(source),
        }
    }

    /// Wraps an error of the store; a missing object is its own variant.
    pub(crate) fn access(operation: &'static str, key: &str, source: object_store::Error) -> Self {
        let key = key.to_owned();
        match source {
            object_store::Error::NotFound { .. } => Self::NotFound { key },
            source => Self::Access {
                operation,
                key,
                source,
            },
        }
    }

    /// Damage in `object`.
    pub(crate) fn corrupt(object: &str, what: impl Into<String>) -> Self {
        Self::Corrupt {
            object: object.to_owned(),
            what: what.into(),
        }
    }
}

fn access_kind(error: &object_store::Error) -> ErrorKind {
    use object_store::Error as E;
    match error {
        E::NotFound { .. } => ErrorKind::NotFound,
        E::AlreadyExists { .. } => ErrorKind::AlreadyExists,
        E::Precondition { .. } | E::NotModified { .. } => ErrorKind::Conflict,
        E::InvalidPath { .. } | E::UnknownConfigurationKey { .. } => ErrorKind::Invalid,
        E::NotSupported { .. } | E::NotImplemented { .. } => ErrorKind::Incompatible,
        E::JoinError { .. } => ErrorKind::Internal,
        other => io_cause(other).map_or(ErrorKind::Unavailable, io_kind),
    }
}

fn io_kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Exhausted,
        io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => ErrorKind::Invalid,
        _ => ErrorKind::Unavailable,
    }
}

/// The first `io::Error` among the causes of `error`.
fn io_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return Some(io);
        }
        cause = current.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(source: io::Error) -> Error {
        let source = object_store::Error::Generic {
            store: "test",
            source: source.into(),
        };
        Error::access("create", "a/b", source)
    }

    #[test]
    fn a_full_disk_is_exhausted_and_other_failures_are_unavailable() {
        let full = generic(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.kind(), ErrorKind::Exhausted);
        let broken = generic(io::Error::other("broken"));
        assert_eq!(broken.kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn messages_name_the_object_and_not_their_cause() {
        let error = generic(io::Error::other("broken"));
        assert_eq!(error.to_string(), "cannot create a/b");
        assert!(error.source().is_some());
    }
}
