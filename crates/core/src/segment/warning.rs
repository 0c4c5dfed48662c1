//! What is not wrong but probably not meant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::Name;

/// A hint beside an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Warning {
    /// A category has no such value at its version: nobody equals it. Found by those who hold the
    /// dictionary, not by the binder.
    UnknownValue {
        /// The tag.
        tag: Name,
        /// The value that nobody has.
        value: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownValue { tag, value } => {
                write!(f, "nobody has the value '{value}' in tag `{tag}`")
            }
        }
    }
}
