//! Why a coordinator's Raft cannot start, store or answer.

use std::io;
use std::path::{Path, PathBuf};

use tagma_core::ErrorKind;

use super::codec;

/// Result of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the log, its snapshots, or of the consensus as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {doing} {path}", path = path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        #[source]
        source: io::Error,
    },
    /// The log file could not be used.
    #[error("cannot {doing} the log {path}", path = path.display())]
    Log {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's word.
        #[source]
        source: Box<redb::Error>,
    },
    /// A stored file is not what was written.
    #[error("{path} is damaged: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold, and where.
        what: String,
    },
    /// Bytes in a file cannot be used.
    #[error("{what} in {path} cannot be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Which part of it.
        what: String,
        /// Why.
        #[source]
        source: codec::Error,
    },
    /// The folder belongs to somebody else.
    #[error("{path} belongs to {found}, this node is {expected}", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Cluster and node in the file.
        found: String,
        /// Cluster and node of the settings.
        expected: String,
    },
    /// Settings that cannot work.
    #[error("wrong settings: {what}")]
    Settings {
        /// What and why.
        what: String,
    },
    /// The leader is elsewhere, or unknown.
    #[error("this node does not lead")]
    NotLeader {
        /// Where to ask, if known.
        leader: Option<String>,
    },
    /// No answer from a quorum in time; nothing was changed.
    #[error("no quorum answered: {what}")]
    NoQuorum {
        /// What was tried.
        what: String,
    },
    /// The consensus has stopped, for good.
    #[error("consensus has stopped: {reason}")]
    Stopped {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { .. } => ErrorKind::Unavailable,
            Self::Log { source, .. } => match source.as_ref() {
                redb::Error::Corrupted(_) => ErrorKind::Corrupt,
                redb::Error::UpgradeRequired(_) => ErrorKind::Incompatible,
                redb::Error::Io(error) if not_a_log(error) => ErrorKind::Corrupt,
                _ => ErrorKind::Unavailable,
            },
            Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::Unreadable { source, .. } => source.kind(),
            Self::Foreign { .. } | Self::Settings { .. } => ErrorKind::Invalid,
            Self::NotLeader { .. } => ErrorKind::NotLeader,
            Self::NoQuorum { .. } | Self::Stopped { .. } => ErrorKind::Unavailable,
        }
    }

    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.into(),
            source,
        }
    }

    pub(crate) fn log<E: Into<redb::Error>>(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Log {
            doing,
            path: path.into(),
            source: Box::new(source.into()),
        }
    }

    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            what: what.into(),
        }
    }

    pub(crate) fn unreadable(
        path: &Path,
        what: impl Into<String>,
    ) -> impl FnOnce(codec::Error) -> Self {
        move |source| Self::Unreadable {
            path: path.into(),
            what: what.into(),
            source,
        }
    }
}

/// Whether the file is not what was written, in the words of an `io::Error`.
fn not_a_log(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

/// openraft's storage traits speak `io::Error`; the message keeps the whole chain.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Corrupt | ErrorKind::Incompatible => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, chain(&error))
    }
}

/// An error and its sources in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
