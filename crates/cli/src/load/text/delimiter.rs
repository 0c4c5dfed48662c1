//! What stands between the fields of a line.

use std::{fmt, str::FromStr};

/// Longest delimiter, in bytes.
const DELIMITER_BYTES_MAX: usize = 16;

/// A text, or runs of blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delimiter {
    /// One character or several; fields may be quoted.
    Text(String),
    /// Runs of blanks and tabs; those at both ends of a line do not count; no quotes.
    Whitespace,
}

impl Default for Delimiter {
    fn default() -> Self {
        Self::Text(",".to_owned())
    }
}

impl Delimiter {
    /// A tab.
    pub(crate) fn tab() -> Self {
        Self::Text("\t".to_owned())
    }
}

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = match text {
            "tab" | "\\t" => return Ok(Self::tab()),
            "whitespace" => return Ok(Self::Whitespace),
            _ => match text.strip_prefix("\\x") {
                Some(code) => control(code)?,
                None => text.to_owned(),
            },
        };
        let is_odd = |c: char| c.is_alphanumeric() || matches!(c, '\r' | '\n' | '\0');
        if text.is_empty() || text.len() > DELIMITER_BYTES_MAX || text.contains(is_odd) {
            return Err(
                "write `tab`, `whitespace`, a code such as `\\x01`, or characters that are no \
                 letters or digits"
                    .to_owned(),
            );
        }
        if text == " " {
            return Err("for blanks write `whitespace`".to_owned());
        }
        Ok(Self::Text(text))
    }
}

/// `01` as the character with that code.
fn control(code: &str) -> Result<String, String> {
    let number = u8::from_str_radix(code, 16).ok().filter(u8::is_ascii);
    let number = number.filter(|_| code.len() == 2);
    number
        .map(|number| char::from(number).to_string())
        .ok_or_else(|| format!("`\\x{code}` is no ASCII code of two hexadecimal digits"))
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if text == "\t" => f.write_str("tab"),
            Self::Text(text) => match text.as_bytes() {
                [byte] if byte.is_ascii_control() => write!(f, "\\x{byte:02x}"),
                _ => f.write_str(text),
            },
            Self::Whitespace => f.write_str("whitespace"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_read_and_written() {
        for text in [
            ",",
            ";",
            "|",
            "||",
            "|~|",
            "，",
            "\\x01",
            "tab",
            "whitespace",
        ] {
            let delimiter: Delimiter = text.parse().expect(text);
            assert_eq!(delimiter.to_string(), text);
        }
        for tab in ["\t", "\\t", "\\x09"] {
            assert_eq!(tab.parse(), Ok(Delimiter::tab()));
        }
        for bad in [
            "",
            "\n",
            " ",
            "comma",
            "\\x1",
            "\\xff",
            "\\x41",
            "，，，，，，",
        ] {
            assert!(bad.parse::<Delimiter>().is_err(), "{bad:?}");
        }
    }
}
