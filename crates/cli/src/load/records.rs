//! Raw records of a text file: where one line ends and the next begins.
//!
//! Owns the byte order mark, line ends (LF, CRLF), quoted line ends, blank lines, the limit of a
//! record. Must not know columns: a record is bytes.

use std::io::{self, BufRead, Read};

use super::Delimiter;

/// Longest record, in bytes.
pub(crate) const RECORD_BYTES_MAX: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why there is no next record.
#[derive(Debug)]
pub(crate) enum RecordError {
    Io(io::Error),
    TooLong,
}

/// A record without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawRecord<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether the file ends within a quoted field.
    pub(crate) is_unclosed: bool,
    /// Bytes that it takes in the file, line end and blank lines before it included.
    pub(crate) file_bytes: u64,
}

/// Reads records one after the other.
pub(crate) struct Records<R> {
    input: R,
    delimiter: Delimiter,
    buffer: Vec<u8>,
    started: bool,
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(input: R, delimiter: Delimiter) -> Self {
        Self {
            input,
            delimiter,
            buffer: Vec::new(),
            started: false,
        }
    }

    /// The next record that is not blank; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read, or the record is longer than [`RECORD_BYTES_MAX`].
    pub(crate) fn next(&mut self) -> Result<Option<RawRecord<'_>>, RecordError> {
        let mut file_bytes = 0;
        loop {
            let Some(is_unclosed) = self.read_one()? else {
                return Ok(None);
            };
            file_bytes += self.buffer.len() as u64;
            if !self.started {
                self.started = true;
                if self.buffer.starts_with(BYTE_ORDER_MARK) {
                    self.buffer.drain(..BYTE_ORDER_MARK.len());
                }
            }
            if !self.is_blank() {
                return Ok(Some(RawRecord {
                    bytes: without_line_end(&self.buffer),
                    is_unclosed,
                    file_bytes,
                }));
            }
        }
    }

    /// Reads up to and including the next line end outside quotes; `None` at the end, else whether
    /// the file ended within quotes.
    fn read_one(&mut self) -> Result<Option<bool>, RecordError> {
        self.buffer.clear();
        let mut quotes = Quotes::new(self.delimiter);
        loop {
            let seen = self.buffer.len();
            let room = (RECORD_BYTES_MAX + BYTE_ORDER_MARK.len() + 2 - seen) as u64;
            let mut input = self.input.by_ref().take(room);
            let read = input
                .read_until(b'\n', &mut self.buffer)
                .map_err(RecordError::Io)?;
            if without_line_end(&self.buffer).len() > RECORD_BYTES_MAX {
                return Err(RecordError::TooLong);
            }
            let is_end = read == 0 || self.buffer.last() != Some(&b'\n');
            if read == 0 && seen == 0 {
                return Ok(None);
            }
            let new = &self.buffer[seen..];
            let marked = if self.started {
                None
            } else {
                new.strip_prefix(BYTE_ORDER_MARK)
            };
            let is_open = quotes.are_open_after(marked.unwrap_or(new));
            if is_end || !is_open {
                return Ok(Some(is_open));
            }
        }
    }

    fn is_blank(&self) -> bool {
        let line = without_line_end(&self.buffer);
        match self.delimiter {
            Delimiter::Character(_) => line.is_empty(),
            Delimiter::Whitespace => line.iter().all(|byte| matches!(byte, b' ' | b'\t')),
        }
    }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a line end belongs to a quoted field. A quote opens only where a field begins.
struct Quotes {
    delimiter: Delimiter,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl Quotes {
    fn new(delimiter: Delimiter) -> Self {
        Self {
            delimiter,
            place: Place::FieldStart,
        }
    }

    fn are_open_after(&mut self, bytes: &[u8]) -> bool {
        let Delimiter::Character(delimiter) = self.delimiter else {
            return false;
        };
        if self.place != Place::Quoted && !bytes.contains(&b'"') {
            return false;
        }
        for &byte in bytes {
            self.place = match (self.place, byte) {
                (Place::Quoted, b'"') => Place::QuoteInQuoted,
                (Place::Quoted, _) | (Place::QuoteInQuoted | Place::FieldStart, b'"') => {
                    Place::Quoted
                }
                (_, byte) if byte == delimiter => Place::FieldStart,
                _ => Place::Plain,
            };
        }
        self.place == Place::Quoted
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
