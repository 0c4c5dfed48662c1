//! Encodings, and characters with a meaning in text files.

use encoding_rs::{Encoding, REPLACEMENT, X_USER_DEFINED};

/// An ASCII character, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) Option<u8>);

/// One ASCII character that is no letter, digit or line end; or `none`.
pub(crate) fn parse_mark(text: &str) -> Result<Mark, String> {
    match text.as_bytes() {
        b"none" => Ok(Mark(None)),
        &[mark] if mark.is_ascii_punctuation() => Ok(Mark(Some(mark))),
        _ => Err("write one punctuation character, or `none`".to_owned()),
    }
}

/// An encoding by one of its names.
pub(crate) fn parse_encoding(name: &str) -> Result<&'static Encoding, String> {
    let found = Encoding::for_label(name.as_bytes());
    found
        .filter(|encoding| *encoding != REPLACEMENT && *encoding != X_USER_DEFINED)
        .ok_or_else(|| {
            "is not known; try utf-8, gb18030, big5, utf-16le, shift_jis, windows-1252".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_encodings_are_read() {
        assert_eq!(parse_mark("'"), Ok(Mark(Some(b'\''))));
        assert_eq!(parse_mark("none"), Ok(Mark(None)));
        for bad in ["", "ab", "a", "\n", "，"] {
            assert!(parse_mark(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_encoding("GBK").map(Encoding::name), Ok("GBK"));
        assert_eq!(parse_encoding("utf-16").map(Encoding::name), Ok("UTF-16LE"));
        for bad in ["", "utf-7", "hz-gb-2312"] {
            assert!(parse_encoding(bad).is_err(), "{bad}");
        }
    }
}
