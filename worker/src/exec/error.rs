//! What can go wrong while a question is computed.

use tagma_core::ErrorKind;
use tagma_core::catalog::codec;
use tagma_engine::{alive, eval};

use super::pool::BrokenOff;
use super::run_tags;
use super::stored_rows;
use crate::tags;

/// Result of a computation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of computing an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The plan's bytes are of another version, or damaged.
    #[error("the plan cannot be read")]
    Plan(#[from] codec::Error),
    /// The request does not fit together.
    #[error("the request is wrong: {0}")]
    Request(&'static str),
    /// The index is below what is kept.
    #[error("the people at the index cannot be read")]
    Alive(#[from] alive::Error),
    /// A tag version cannot be read.
    #[error("a tag version cannot be read")]
    Tag(#[source] Box<tags::Error>),
    /// The segment cannot be evaluated.
    #[error("the segment cannot be evaluated")]
    Eval(#[from] eval::Error),
    /// Stored rows cannot be read.
    #[error("stored rows cannot be read")]
    Rows(#[from] stored_rows::Error),
    /// Tags cannot be computed.
    #[error("the tags cannot be computed")]
    RunTags(#[from] run_tags::Error),
    /// The answer cannot be written as Arrow.
    #[error("the answer cannot be written")]
    Arrow(#[from] arrow::error::ArrowError),
    /// Values of a tag are not of its kind.
    #[error("the values of a tag cannot be written")]
    Values(#[from] tagma_sql::tables::PeopleError),
    /// The computation panicked.
    #[error("the answer was not computed")]
    BrokenOff(#[from] BrokenOff),
}

impl From<tags::Error> for Error {
    fn from(source: tags::Error) -> Self {
        Self::Tag(Box::new(source))
    }
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Plan(source) => match source.kind() {
                ErrorKind::Corrupt => ErrorKind::Invalid,
                kind => kind,
            },
            Self::Request(_) => ErrorKind::Invalid,
            Self::Alive(source) => source.kind(),
            Self::Tag(source) => source.kind(),
            Self::Eval(source) => source.kind(),
            Self::Rows(source) => source.kind(),
            Self::RunTags(source) => source.kind(),
            Self::Values(source) => source.kind(),
            Self::Arrow(_) | Self::BrokenOff(_) => ErrorKind::Internal,
        }
    }
}
