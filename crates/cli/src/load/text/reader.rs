//! A text file as numbered records, and each of them as text.

use std::io::{BufRead, Read};

use encoding_rs::Encoding;
use tagma_core::schema::Name;

use super::{
    Dialect, NotText, RECORD_BYTES_MAX, RawRecord, RecordError, Records, TextRules, fields, text_of,
};
use crate::load::{
    LoadError, heading,
    source::{Source, open_text},
};

/// Reads the records below the heading.
pub(crate) struct TextReader<'a> {
    source: Source,
    records: Records<Box<dyn BufRead + Send + 'a>>,
    encoding: Option<&'static Encoding>,
    /// Number of the last record, from 1; 0 at the heading.
    row: u64,
}

/// The row that text is, or why it is none.
pub(crate) type RowText<'r> = Result<&'r str, NotText>;

impl<'a> TextReader<'a> {
    /// Opens a text whose bytes are `input`, and passes over what is to be skipped.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn open(
        source: &Source,
        rules: &TextRules,
        input: impl Read + Send + 'a,
    ) -> Result<Self, LoadError> {
        let input = open_text(input, rules.encoding, rules.dialect.quote);
        let records = Records::new(input.text, input.line_end, rules.dialect.clone());
        let mut reader = Self {
            source: source.clone(),
            records,
            encoding: input.encoding,
            row: 0,
        };
        let skipped = reader.records.skip_lines(rules.skip_rows);
        skipped.map_err(|error| broken(source, 0, error))?;
        Ok(reader)
    }

    /// The names of the columns: the heading's, or those that the rules give.
    ///
    /// # Errors
    /// A heading that is none.
    pub(crate) fn headings(&mut self, rules: &TextRules) -> Result<Vec<Name>, LoadError> {
        if !rules.has_heading {
            return heading::distinct(&self.source.path, rules.columns.clone());
        }
        let file = || self.source.path.clone();
        let encoding = self.encoding;
        let Some(record) = self
            .records
            .next()
            .map_err(|e| broken(&self.source, 0, e))?
        else {
            return Err(LoadError::Empty { file: file() });
        };
        if record.too_long.is_some() {
            return Err(LoadError::TooLong {
                file: file(),
                row: 0,
            });
        }
        let text = text_of(record.bytes, encoding).map_err(|error| LoadError::HeadingNotText {
            file: file(),
            reason: error.reason,
        })?;
        if text.contains('\0') {
            let reason = "holds zero bytes, as UTF-16 does".to_owned();
            return Err(LoadError::HeadingNotText {
                file: file(),
                reason,
            });
        }
        let mut headings = Vec::new();
        fields::split(text, &rules.dialect, &mut headings);
        if rules.columns.is_empty() {
            return heading::names(&self.source.path, headings.iter().map(AsRef::as_ref));
        }
        if rules.columns.len() != headings.len() {
            return Err(LoadError::ColumnsDiffer {
                file: file(),
                named: rules.columns.len(),
                found: headings.len(),
            });
        }
        heading::distinct(&self.source.path, rules.columns.clone())
    }

    /// The next record and its number.
    ///
    /// # Errors
    /// What makes the file unfit.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, RawRecord<'_>)>, LoadError> {
        let row = self.row;
        let record = self.records.next();
        let record = record.map_err(|error| broken(&self.source, row, error))?;
        self.row += u64::from(record.is_some());
        Ok(record.map(|record| (row + 1, record)))
    }

    /// What it was written in, where that is not UTF-8.
    pub(crate) fn encoding(&self) -> Option<&'static Encoding> {
        self.encoding
    }
}

fn broken(source: &Source, rows: u64, error: RecordError) -> LoadError {
    match error {
        RecordError::Io(error) => source.unreadable(error, rows),
        RecordError::TooLong => LoadError::TooLong {
            file: source.path.clone(),
            row: rows + 1,
        },
    }
}

/// The text of a record.
///
/// # Errors
/// Why it is none that can be read, and what is kept of it.
pub(crate) fn row_text<'r>(
    record: RawRecord<'r>,
    encoding: Option<&'static Encoding>,
) -> RowText<'r> {
    let lossy = || String::from_utf8_lossy(record.bytes).into_owned();
    if let Some(bytes) = record.too_long {
        return Err(NotText {
            reason: format!(
                "is {bytes} bytes long, more than {} MiB: only its start is kept",
                RECORD_BYTES_MAX >> 20
            ),
            readable: lossy(),
        });
    }
    let text = text_of(record.bytes, encoding)?;
    if record.is_unclosed {
        return Err(NotText {
            reason: "opens a quote that is never closed".to_owned(),
            readable: text.to_owned(),
        });
    }
    Ok(text)
}

/// Splits the text of a row into as many fields as there are columns.
///
/// # Errors
/// Where there are more or fewer.
pub(crate) fn fields_of<'r>(
    text: &'r str,
    dialect: &Dialect,
    columns: usize,
    fields: &mut Vec<std::borrow::Cow<'r, str>>,
) -> Result<(), String> {
    fields::split(text, dialect, fields);
    if fields.len() == columns {
        return Ok(());
    }
    Err(format!(
        "the row has {} fields where the heading has {columns}",
        fields.len()
    ))
}
