//! Why a tree on the wire is no segment tree.

use tagma_core::{ErrorKind, segment::TreeError};

/// Why a tree on the wire is no segment tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireTreeError {
    /// A message that says nothing, nothing known, or does not have the operands that it needs.
    #[error("{place}: {problem}")]
    Malformed {
        /// The message, as a path from the root: `tree.operands[1].leaf`.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Too large, too deep, or with constants that no text spells.
    #[error("the tree cannot be used")]
    Tree(#[source] TreeError),
}

impl WireTreeError {
    /// Always the tree's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

/// Result of a conversion.
pub(super) type Result<T, E = WireTreeError> = std::result::Result<T, E>;
