//! Raw records of a text: where one line ends and the next begins.
//!
//! Owns line ends (LF, CRLF, or CR throughout), quoted and escaped line ends, blank lines, the
//! limit of a record. Must not know columns: a record is bytes.

use std::io::{self, BufRead, Read};

use super::{Delimiter, Dialect};

/// Longest record, in bytes.
pub(crate) const RECORD_BYTES_MAX: usize = 1 << 20;
/// What is kept of a longer one.
const START_BYTES: usize = 1024;

/// Why there is no next record.
#[derive(Debug)]
pub(crate) enum RecordError {
    Io(io::Error),
    /// A quote is open for longer than a record may be: where it ends is anybody's guess.
    TooLong,
}

/// A record without its line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawRecord<'a> {
    /// Only the start of a line that is too long.
    pub(crate) bytes: &'a [u8],
    /// Whether the text ends within a quoted field.
    pub(crate) is_unclosed: bool,
    /// Bytes of a line that is longer than [`RECORD_BYTES_MAX`], and that was passed over.
    pub(crate) too_long: Option<u64>,
    /// Bytes that it takes in the text, line end and blank lines before it included.
    pub(crate) text_bytes: u64,
    /// Whether it ends in a line end.
    pub(crate) is_ended: bool,
}

/// Reads records one after the other.
pub(crate) struct Records<R> {
    input: R,
    /// LF, or CR in files that know no other.
    line_end: u8,
    dialect: Dialect,
    buffer: Vec<u8>,
}

/// How a line was found to end.
struct LineEnd {
    is_open: bool,
    /// Bytes that are not in the buffer any more.
    passed_over: u64,
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(input: R, line_end: u8, dialect: Dialect) -> Self {
        Self {
            input,
            line_end,
            dialect,
            buffer: Vec::new(),
        }
    }

    /// Passes over lines, whatever is in them; those that are not there do not matter.
    ///
    /// # Errors
    /// Where the text cannot be read.
    pub(crate) fn skip_lines(&mut self, lines: u64) -> Result<(), RecordError> {
        for _ in 0..lines {
            self.pass_over_line().map_err(RecordError::Io)?;
        }
        Ok(())
    }

    /// The next record that is not blank; `None` at the end.
    ///
    /// # Errors
    /// Where the text cannot be read, or a quote stays open for more than [`RECORD_BYTES_MAX`].
    pub(crate) fn next(&mut self) -> Result<Option<RawRecord<'_>>, RecordError> {
        let mut text_bytes = 0;
        loop {
            let Some(end) = self.read_one()? else {
                return Ok(None);
            };
            let bytes = self.buffer.len() as u64 + end.passed_over;
            text_bytes += bytes;
            if !self.is_blank() {
                let is_ended = end.passed_over > 0 || self.buffer.last() == Some(&self.line_end);
                let line = without_line_end(&self.buffer, self.line_end);
                let too_long = (end.passed_over > 0).then_some(bytes);
                return Ok(Some(RawRecord {
                    bytes: line,
                    is_unclosed: end.is_open,
                    too_long,
                    text_bytes,
                    is_ended,
                }));
            }
        }
    }

    /// Reads up to and including the next line end outside quotes; `None` at the end.
    fn read_one(&mut self) -> Result<Option<LineEnd>, RecordError> {
        self.buffer.clear();
        let mut quotes = Quotes::default();
        loop {
            let seen = self.buffer.len();
            let room = (RECORD_BYTES_MAX + 2).saturating_sub(seen) as u64;
            let mut input = self.input.by_ref().take(room);
            let read = input
                .read_until(self.line_end, &mut self.buffer)
                .map_err(RecordError::Io)?;
            if read == 0 && seen == 0 {
                return Ok(None);
            }
            let is_line = self.buffer.last() == Some(&self.line_end);
            let is_open = quotes.are_open_after(&self.buffer, &self.dialect);
            if without_line_end(&self.buffer, self.line_end).len() > RECORD_BYTES_MAX {
                return self.give_up(is_open, is_line).map(Some);
            }
            if read == 0 || !is_line || !is_open {
                return Ok(Some(LineEnd {
                    is_open,
                    passed_over: 0,
                }));
            }
        }
    }

    /// A line that is too long is passed over; a quote that is open says that this is no line.
    fn give_up(&mut self, is_open: bool, is_line: bool) -> Result<LineEnd, RecordError> {
        if is_open {
            return Err(RecordError::TooLong);
        }
        let kept = START_BYTES as u64;
        let mut passed_over = self.buffer.len() as u64 - kept;
        if !is_line {
            passed_over += self.pass_over_line().map_err(RecordError::Io)?;
        }
        self.buffer.truncate(START_BYTES);
        Ok(LineEnd {
            is_open,
            passed_over,
        })
    }

    /// Reads up to and including the next line end and keeps nothing; answers how many bytes.
    fn pass_over_line(&mut self) -> io::Result<u64> {
        let mut passed = 0;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return Ok(passed);
            }
            let end = memchr::memchr(self.line_end, available);
            let used = end.map_or(available.len(), |end| end + 1);
            self.input.consume(used);
            passed += used as u64;
            if end.is_some() {
                return Ok(passed);
            }
        }
    }

    fn is_blank(&self) -> bool {
        let line = without_line_end(&self.buffer, self.line_end);
        match self.dialect.delimiter {
            Delimiter::Text(_) => line.is_empty(),
            Delimiter::Whitespace => line.iter().all(|byte| matches!(byte, b' ' | b'\t')),
        }
    }
}

fn without_line_end(line: &[u8], line_end: u8) -> &[u8] {
    let Some(line) = line.strip_suffix(&[line_end]) else {
        return line.strip_suffix(b"\r").unwrap_or(line);
    };
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a line end belongs to a field. A quote opens only where a field begins.
#[derive(Default)]
struct Quotes {
    place: Place,
    /// Bytes of the record that were looked at.
    seen: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl Quotes {
    /// Looks at what is new in `record`, which ends in a line end or with the text.
    fn are_open_after(&mut self, record: &[u8], dialect: &Dialect) -> bool {
        let Delimiter::Text(delimiter) = &dialect.delimiter else {
            return false;
        };
        let new = &record[self.seen..];
        let has = |mark: Option<u8>| mark.is_some_and(|mark| memchr::memchr(mark, new).is_some());
        if self.place != Place::Quoted && !has(dialect.quote) && !has(dialect.escape) {
            return false;
        }
        let mut is_escaped_end = false;
        while self.seen < record.len() {
            let rest = &record[self.seen..];
            let byte = rest[0];
            let step = match byte {
                byte if Some(byte) == dialect.escape => {
                    is_escaped_end = matches!(rest, [_, b'\n' | b'\r'] | [_, b'\r', b'\n']);
                    if self.place != Place::Quoted {
                        self.place = Place::Plain;
                    }
                    if is_escaped_end {
                        rest.len()
                    } else {
                        2.min(rest.len())
                    }
                }
                _ if self.place != Place::Quoted && rest.starts_with(delimiter.as_bytes()) => {
                    self.place = Place::FieldStart;
                    delimiter.len()
                }
                _ => {
                    self.place = self.place.after(Some(byte) == dialect.quote);
                    1
                }
            };
            self.seen += step;
        }
        self.place == Place::Quoted || is_escaped_end
    }
}

impl Place {
    fn after(self, is_quote: bool) -> Self {
        match (self, is_quote) {
            (Self::Quoted, true) => Self::QuoteInQuoted,
            (Self::Quoted, false) | (Self::QuoteInQuoted | Self::FieldStart, true) => Self::Quoted,
            _ => Self::Plain,
        }
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
