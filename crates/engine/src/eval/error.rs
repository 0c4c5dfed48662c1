//! What can go wrong when a segment is evaluated.

use tagma_core::{
    ErrorKind,
    schema::{Name, TagKind},
    segment::scalar::EvalError,
};

use crate::section;

/// An error of compiling or evaluating a segment over one shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A tag section cannot be read.
    #[error("a tag section cannot be read")]
    Section(#[from] section::Error),
    /// A condition has no value for somebody.
    #[error("a condition cannot be computed")]
    Condition(#[from] EvalError),
    /// The plan and the sections do not belong together.
    #[error("the plan reads tag {tag} as {expected}, its section is {found}")]
    KindMismatch {
        /// The tag.
        tag: Name,
        /// Kind in the plan.
        expected: TagKind,
        /// Kind of the section.
        found: TagKind,
    },
    /// The plan reads more tags than there are sections given.
    #[error("the plan reads tag number {slot}, {given} sections are given")]
    NoSuchSlot {
        /// The slot.
        slot: usize,
        /// Sections given.
        given: usize,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Section(error) => error.kind(),
            Self::Condition(error) => error.kind(),
            Self::KindMismatch { .. } | Self::NoSuchSlot { .. } => ErrorKind::Internal,
        }
    }
}
