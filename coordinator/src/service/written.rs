//! An audience as a client gives it: text or tree, the same from here on.

use tagma_core::segment::{Expr, ParseError, TreeError, parse};

use crate::error::{Error, Result};

/// An expression that has not been read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// As text.
    Text(String),
    /// As a tree that nobody has checked.
    Tree(Expr),
}

impl Written {
    /// The tree: normal, and within all limits.
    ///
    /// # Errors
    /// Invalid, with the place in a text.
    pub(crate) fn read(self) -> Result<Expr> {
        match self {
            Self::Text(text) => read_text(&text).map_err(|error| told(&error)),
            Self::Tree(tree) => tree.admitted().map_err(|error| refused(&error)),
        }
    }
}

/// The tree of a text.
///
/// # Errors
/// What is wrong with the text, and where.
pub(crate) fn read_text(text: &str) -> Result<Expr, ParseError> {
    parse(text)
}

fn told(error: &ParseError) -> Error {
    Error::new(error.kind(), error.to_string())
}

fn refused(error: &TreeError) -> Error {
    Error::new(error.kind(), error.to_string())
}
