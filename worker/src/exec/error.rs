//! What can go wrong while a question is computed.

use tagma_core::ErrorKind;
use tagma_core::catalog::codec;
use tagma_engine::{alive, eval};

use super::dead_letters;
use super::identities;
use super::moving;
use super::pool::BrokenOff;
use super::run_tags;
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
    /// Identifiers cannot be read.
    #[error("identifiers cannot be read")]
    Identities(#[from] identities::Error),
    /// Dead letters cannot be read.
    #[error("dead letters cannot be read")]
    DeadLetters(#[from] dead_letters::Error),
    /// Rows cannot be collected.
    #[error("rows cannot be collected")]
    Moving(#[from] moving::Error),
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
            Self::Identities(source) => source.kind(),
            Self::DeadLetters(source) => source.kind(),
            Self::Moving(source) => source.kind(),
            Self::RunTags(source) => source.kind(),
            Self::Values(source) => source.kind(),
            Self::Arrow(_) | Self::BrokenOff(_) => ErrorKind::Internal,
        }
    }
}
