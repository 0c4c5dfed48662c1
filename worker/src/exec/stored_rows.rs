//! Why stored rows cannot be read: the error that their readers share.

use arrow::error::ArrowError;
use tagma_core::ErrorKind;

use super::section_cursor;

/// Why stored rows cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A run cannot be read.
    #[error(transparent)]
    Run(#[from] section_cursor::Error),
    /// Rows are not as stored rows are.
    #[error("they are not as stored rows are")]
    Rows(#[from] ArrowError),
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Run(error) => error.kind(),
            Self::Rows(_) => ErrorKind::Corrupt,
        }
    }
}
