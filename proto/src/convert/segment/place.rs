//! Where in a tree a conversion stands; becomes text only if something is wrong there.

use std::fmt;

use super::error::WireTreeError;

/// A message of the tree, as a list up to the root.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// The tree itself.
    Root,
    /// A field of a message.
    Field(&'a Self, &'static str),
    /// An item of a repeated field.
    Item(&'a Self, &'static str, usize),
}

impl Place<'_> {
    /// The error that something is wrong here.
    pub(super) fn wrong(self, problem: impl Into<String>) -> WireTreeError {
        WireTreeError::Malformed {
            place: self.to_string(),
            problem: problem.into(),
        }
    }

    /// The error that a `oneof` is empty; so is one that holds a case of a newer version.
    pub(super) fn says_nothing(self, oneof: &str) -> WireTreeError {
        self.wrong(format!(
            "`{oneof}` is not set, or set to something that this server does not know"
        ))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("tree"),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, name, index) => write!(f, "{parent}.{name}[{index}]"),
        }
    }
}
