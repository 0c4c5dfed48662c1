//! Names of tags, tables, columns, segments and identifier types.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::NAME_BYTES_MAX;

/// A lower-cased Unicode identifier of 1 to 128 bytes: a letter or `_`, then letters, digits, `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a name: letters, digits and `_`, not a digit first, at most 128 bytes")]
pub struct InvalidName {
    /// The text as given.
    pub text: String,
}

impl Name {
    /// Folds `text` to lower case and checks it.
    ///
    /// # Errors
    /// [`InvalidName`] where the folded text is not a name.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let folded = text.to_lowercase();
        let mut chars = folded.chars();
        let first_fits = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        let rest_fits = chars.all(|c| c.is_alphanumeric() || c == '_');
        if first_fits && rest_fits && folded.len() <= NAME_BYTES_MAX {
            return Ok(Self(folded));
        }
        Err(InvalidName {
            text: text.chars().take(NAME_BYTES_MAX).collect(),
        })
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_and_refuse_what_sql_cannot_spell() {
        assert_eq!(
            Name::new("Last_Order").expect("fits").as_str(),
            "last_order"
        );
        assert_eq!(Name::new("城市2").expect("fits").as_str(), "城市2");
        for bad in ["", "2x", "a b", "a-b", &"x".repeat(129)] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }
}
