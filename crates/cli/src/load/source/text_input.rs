//! A file's content as UTF-8 text: byte order marks, encodings, the kind of line end.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::transcoder::Transcoder;

const READ_BYTES: usize = 1 << 18;
/// Of the text, looked at to find its line ends.
const HEAD_BYTES: u64 = 1 << 16;
const MARK_BYTES: u64 = 3;

/// Text to read, from its first character on.
pub(crate) struct TextInput<'a> {
    pub(crate) text: Box<dyn BufRead + Send + 'a>,
    /// CR in files whose first line ends in a CR alone, else LF.
    pub(crate) line_end: u8,
    /// What it was written in, where that is not UTF-8.
    pub(crate) encoding: Option<&'static Encoding>,
}

/// Opens text. A byte order mark tells UTF-8 and UTF-16; `encoding` wins over it, but for the byte
/// order of UTF-16.
pub(crate) fn open_text<'a>(
    mut bytes: impl Read + Send + 'a,
    encoding: Option<&'static Encoding>,
    quote: Option<u8>,
) -> TextInput<'a> {
    let start = Head::read(&mut bytes, MARK_BYTES);
    let marked = Encoding::for_bom(&start.bytes);
    let is_wide = |encoding: &'static Encoding| encoding == UTF_16LE || encoding == UTF_16BE;
    let encoding = match (encoding, marked) {
        (Some(said), Some((found, _))) if is_wide(said) && is_wide(found) => found,
        (said, found) => said.or(found.map(|(found, _)| found)).unwrap_or(UTF_8),
    };
    let mark = marked.filter(|(found, _)| *found == encoding);
    let rest = start.without(mark.map_or(0, |(_, length)| length), bytes);
    let mut text: Box<dyn Read + Send + 'a> = match encoding == UTF_8 {
        true => Box::new(rest),
        false => Box::new(Transcoder::new(rest, encoding)),
    };
    let head = Head::read(&mut text, HEAD_BYTES);
    let line_end = line_end(&head.bytes, quote);
    let text = BufReader::with_capacity(READ_BYTES, head.without(0, text));
    TextInput {
        text: Box::new(text),
        line_end,
        encoding: Some(encoding).filter(|encoding| *encoding != UTF_8),
    }
}

/// The first bytes, and the error that came after them.
struct Head {
    bytes: Vec<u8>,
    error: Option<io::Error>,
}

impl Head {
    fn read(input: &mut impl Read, length: u64) -> Self {
        let mut bytes = Vec::new();
        let error = input.by_ref().take(length).read_to_end(&mut bytes).err();
        Self { bytes, error }
    }

    /// The input as if nothing had been read of it, without its first `skip` bytes.
    fn without<R: Read>(self, skip: usize, rest: R) -> impl Read + use<R> {
        let mut bytes = Cursor::new(self.bytes);
        bytes.set_position(skip as u64);
        bytes.chain(Failing(self.error)).chain(rest)
    }
}

/// Fails once, where there is an error, else is empty.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn line_end(head: &[u8], quote: Option<u8>) -> u8 {
    let mut is_quoted = false;
    for (position, &byte) in head.iter().enumerate() {
        if Some(byte) == quote {
            is_quoted = !is_quoted;
        }
        match (is_quoted, byte, head.get(position + 1)) {
            (false, b'\n', _) => return b'\n',
            (false, b'\r', Some(next)) if *next != b'\n' => return b'\r',
            _ => {}
        }
    }
    b'\n'
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    fn read(bytes: &[u8], encoding: Option<&'static Encoding>) -> (String, u8) {
        let mut input = open_text(bytes, encoding, Some(b'"'));
        let mut text = String::new();
        input.text.read_to_string(&mut text).expect("readable");
        (text, input.line_end)
    }

    #[test]
    fn marks_tell_the_encoding_and_are_no_text() {
        assert_eq!(read(b"\xef\xbb\xbfa,b\n", None).0, "a,b\n");
        assert_eq!(read(b"\xff\xfea\0\n\0", None).0, "a\n");
        assert_eq!(read(b"\xfe\xff\0a\0\n", None).0, "a\n");
        assert_eq!(read(b"\xfe\xff\0a", Some(UTF_16LE)).0, "a");
        assert_eq!(read(b"a\0", Some(UTF_16LE)).0, "a");
        assert_eq!(read(b"\xc9\xcf", Some(GB18030)).0, "上");
        assert_eq!(read(b"", None).0, "");
        assert_eq!(read(b"a", None).0, "a");
    }

    #[test]
    fn a_first_line_that_ends_in_cr_alone_says_that_all_do() {
        assert_eq!(read(b"a\rb\r", None).1, b'\r');
        assert_eq!(read(b"a\r\nb\r", None).1, b'\n');
        assert_eq!(read(b"\"a\rb\"\nc\r", None).1, b'\n');
        assert_eq!(read(b"a\r", None).1, b'\n');
    }

    #[test]
    fn an_error_comes_after_what_was_read_before_it() {
        let broken = (&b"id\n1\n2"[..]).chain(Failing(Some(io::ErrorKind::UnexpectedEof.into())));
        let mut input = open_text(broken, None, None);
        let mut text = Vec::new();
        let error = input.text.read_to_end(&mut text).expect_err("broken");
        assert_eq!(
            (error.kind(), text.as_slice()),
            (io::ErrorKind::UnexpectedEof, &b"id\n1\n2"[..])
        );
    }
}
