//! Why a command did not do what was asked, and the exit code that says so.

use std::{fmt, io, path::Path};

use tagma_core::ErrorKind;
use tagma_proto::RemoteError;

/// A command that was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The command line makes no sense: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A coordinator said no, or none answered.
    #[error("{}", .0.message)]
    Remote(RemoteError),
    /// Something went wrong on this side.
    #[error("{message}")]
    Local {
        /// What to do about it.
        kind: ErrorKind,
        /// What, where, and what to do.
        message: String,
    },
    /// Ctrl-C.
    #[error("{0}")]
    Interrupted(String),
    /// Whoever read our output has gone: nothing is said.
    #[error("the output was closed")]
    OutputClosed,
}

impl Failure {
    /// A wrong input that is no matter of flags.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::local(ErrorKind::Invalid, message)
    }

    /// An error of this side.
    pub fn local(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Local { kind, message }
    }

    /// A file that could not be read or written: `what` is "cannot read" or the like.
    pub fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Exhausted,
            _ => ErrorKind::Invalid,
        };
        Self::local(kind, format!("{what} `{}`: {error}", path.display()))
    }

    /// An error of standard output.
    pub fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::local(
            ErrorKind::Internal,
            format!("cannot write the output: {error}"),
        )
    }

    /// A bug: this cannot happen with a correct program.
    pub fn internal(what: &str, error: impl fmt::Display) -> Self {
        Self::local(ErrorKind::Internal, format!("{what}: {error}"))
    }

    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Usage(_) => ErrorKind::Invalid,
            Self::Remote(error) => error.kind,
            Self::Local { kind, .. } => *kind,
            Self::Interrupted(_) | Self::OutputClosed => ErrorKind::Unavailable,
        }
    }

    /// 1 failed, 2 wrong usage; 0 where the reader of the output has had enough.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Remote(_) | Self::Local { .. } | Self::Interrupted(_) => 1,
            Self::OutputClosed => 0,
        }
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        Self::Remote(error)
    }
}
