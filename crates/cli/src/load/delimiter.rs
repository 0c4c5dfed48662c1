//! What stands between the fields of a line.

use std::{fmt, str::FromStr};

/// A character, or runs of blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// One ASCII character; fields may be quoted by `"`.
    Character(u8),
    /// Runs of blanks and tabs; those at both ends of a line do not count; no quotes.
    Whitespace,
}

impl Default for Delimiter {
    fn default() -> Self {
        Self::Character(b',')
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.as_bytes()) {
            ("tab", _) => Ok(Self::Character(b'\t')),
            ("whitespace", _) => Ok(Self::Whitespace),
            (_, &[b'"' | b'\r' | b'\n' | b' ']) => Err(format!("{text:?} cannot be a delimiter")),
            (_, &[character]) if character.is_ascii() => Ok(Self::Character(character)),
            _ => Err("write one character, `tab` or `whitespace`".to_owned()),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(b'\t') => f.write_str("tab"),
            Self::Character(character) => write!(f, "{}", char::from(*character)),
            Self::Whitespace => f.write_str("whitespace"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_read_and_written() {
        for text in [",", ";", "|", "tab", "whitespace"] {
            let delimiter: Delimiter = text.parse().expect(text);
            assert_eq!(delimiter.to_string(), text);
        }
        assert_eq!("\t".parse(), Ok(Delimiter::Character(b'\t')));
        for bad in ["", "\"", "\n", " ", ",,", "，", "comma"] {
            assert!(bad.parse::<Delimiter>().is_err(), "{bad:?}");
        }
    }
}
