//! How lines of a text file are cut into fields.

use super::Delimiter;

/// Delimiter, quote, escape, and what means null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: Delimiter,
    /// ASCII; `None`: quotes are characters like others.
    pub(crate) quote: Option<u8>,
    /// ASCII: takes the meaning of the character after it away, in quotes and outside.
    pub(crate) escape: Option<u8>,
    /// Fields that mean null, compared before escapes are resolved, so that `\N` may be one.
    pub(crate) nulls: Vec<String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: Delimiter::default(),
            quote: Some(b'"'),
            escape: None,
            nulls: vec![String::new()],
        }
    }
}

impl Dialect {
    /// Lines that are taken whole: no field, quote or escape means anything.
    pub(crate) fn whole_lines() -> Self {
        Self {
            delimiter: Delimiter::Whitespace,
            quote: None,
            escape: None,
            nulls: Vec::new(),
        }
    }

    pub(crate) fn is_null(&self, value: &str) -> bool {
        self.nulls.iter().any(|null| null == value)
    }
}
