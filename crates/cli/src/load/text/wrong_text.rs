//! Bytes that should be text and are not.

use encoding_rs::{Encoding, GB18030};

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotText {
    /// For people, as the end of "the row …".
    pub(crate) reason: String,
    /// What can be read of them.
    pub(crate) readable: String,
}

/// The text of bytes that came in as UTF-8, or were turned into it from `encoding`, where byte FF
/// stands for what that could not read.
///
/// # Errors
/// What is not valid, and where. Bytes that are valid GB18030 are read as such, so that a row of
/// another encoding can be loaded again from what is kept of it.
pub(crate) fn text_of<'a>(
    bytes: &'a [u8],
    encoding: Option<&'static Encoding>,
) -> Result<&'a str, NotText> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let (start, rest) = bytes.split_at(error.valid_up_to());
    let lossy = || String::from_utf8_lossy(bytes).into_owned();
    Err(match encoding {
        None => NotText {
            reason: format!(
                "is not valid UTF-8: byte {} is {:#04x}",
                start.len() + 1,
                rest.first().copied().unwrap_or_default()
            ),
            readable: as_gb18030(bytes).unwrap_or_else(lossy),
        },
        Some(encoding) => NotText {
            reason: format!(
                "is not valid {}: character {} cannot be read",
                name_of(encoding),
                String::from_utf8_lossy(start).chars().count() + 1
            ),
            readable: lossy(),
        },
    })
}

/// Lower case, as `--encoding` takes it.
fn name_of(encoding: &'static Encoding) -> String {
    encoding.name().to_lowercase()
}

fn as_gb18030(bytes: &[u8]) -> Option<String> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        assert_eq!(text_of("上海".as_bytes(), None), Ok("上海"));
        let gbk = b"a,\xc9\xcf\xba\xa3";
        let error = text_of(gbk, None).expect_err("GB18030");
        assert_eq!(error.reason, "is not valid UTF-8: byte 3 is 0xc9");
        assert_eq!(error.readable, "a,上海");
        let error = text_of(b"a,\xff\xff", None).expect_err("nothing");
        assert_eq!(error.reason, "is not valid UTF-8: byte 3 is 0xff");
        assert_eq!(error.readable, "a,\u{fffd}\u{fffd}");
        let marked = ["上,", "海"].map(str::as_bytes).join(&0xff);
        let error = text_of(&marked, Some(GB18030)).expect_err("marked");
        assert_eq!(
            error.reason,
            "is not valid gb18030: character 3 cannot be read"
        );
    }
}
