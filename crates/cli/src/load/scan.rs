//! The first pass over a file: digest of its bytes, headings, number of rows, guessed types.

use std::{
    borrow::Cow,
    io::{self, BufReader, Read},
    path::PathBuf,
};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tagma_core::schema::{ColumnType, Name};

use super::{
    Delimiter, LoadError, fields,
    guess::{Guess, Looks},
    heading, parquet_column,
    records::{RawRecord, RecordError, Records},
    source::{Source, SourceFormat},
};
use crate::output::Progress;

const READ_BYTES: usize = 1 << 20;

/// How a file is looked at.
#[derive(Debug, Clone)]
pub(crate) struct ScanRules {
    pub(crate) delimiter: Delimiter,
    pub(crate) null: String,
    pub(crate) time: Option<Name>,
    /// Whether types are guessed, which is most of the work.
    pub(crate) infers: bool,
}

/// What the first pass finds.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) file: PathBuf,
    /// Hex digest of the bytes.
    pub(crate) content: String,
    pub(crate) bytes: u64,
    /// Rows without the heading, wrong ones included.
    pub(crate) rows: u64,
    pub(crate) columns: Vec<ScannedColumn>,
}

/// A column as the file has it.
#[derive(Debug, Clone)]
pub(crate) struct ScannedColumn {
    pub(crate) name: Name,
    /// `None` where every value is null, or where nothing was to be guessed.
    pub(crate) guess: Option<Guess>,
    /// In the time column: the first value that is no time, and its row.
    pub(crate) odd_time: Option<(u64, String)>,
}

impl Scan {
    pub(crate) fn headings(&self) -> Vec<Name> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }
}

/// Reads the whole file once.
///
/// # Errors
/// What makes the file as a whole unfit.
pub(crate) fn scan(
    source: &Source,
    rules: &ScanRules,
    progress: &Progress,
) -> Result<Scan, LoadError> {
    match source.format {
        SourceFormat::Delimited => scan_delimited(source, rules, progress),
        SourceFormat::Parquet => scan_parquet(source, progress),
    }
}

fn scan_delimited(
    source: &Source,
    rules: &ScanRules,
    progress: &Progress,
) -> Result<Scan, LoadError> {
    let mut digest = Digest::new(source, progress)?;
    let mut records = Records::new(
        BufReader::with_capacity(READ_BYTES, &mut digest),
        rules.delimiter,
    );
    let headings = read_heading(source, &mut records, rules.delimiter)?;
    let mut columns = Columns::new(headings, rules);
    let mut rows = 0;
    while let Some(record) = next(source, &mut records, rows + 1)? {
        rows += 1;
        if rules.infers {
            columns.see(record, rows);
        }
    }
    if rows == 0 {
        return Err(LoadError::NoRows {
            file: source.path.clone(),
        });
    }
    Ok(Scan {
        file: source.path.clone(),
        content: digest.hex(),
        bytes: source.bytes,
        rows,
        columns: columns.finish(),
    })
}

fn scan_parquet(source: &Source, progress: &Progress) -> Result<Scan, LoadError> {
    let mut digest = Digest::new(source, progress)?;
    io::copy(&mut digest, &mut io::sink()).map_err(|error| source.unreadable(error))?;
    let parquet = |reason: String| LoadError::Parquet {
        file: source.path.clone(),
        reason,
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(source.open()?);
    let builder = builder.map_err(|error| parquet(error.to_string()))?;
    let fields = builder.schema().fields();
    let names = heading::names(
        &source.path,
        fields.iter().map(|field| field.name().as_str()),
    )?;
    let mut columns = Vec::new();
    for (name, field) in names.into_iter().zip(fields) {
        let declared = parquet_column::declared_type(field.data_type());
        let declared = declared.map_err(|reason| LoadError::Column {
            file: source.path.clone(),
            name: name.to_string(),
            reason,
        })?;
        columns.push(ScannedColumn {
            name,
            guess: declared.map(Guess::declared),
            odd_time: None,
        });
    }
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    if rows == 0 {
        return Err(LoadError::NoRows {
            file: source.path.clone(),
        });
    }
    Ok(Scan {
        file: source.path.clone(),
        content: digest.hex(),
        bytes: source.bytes,
        rows,
        columns,
    })
}

/// The next record; `row` is its number.
pub(crate) fn next<'a, R: io::BufRead>(
    source: &Source,
    records: &'a mut Records<R>,
    row: u64,
) -> Result<Option<RawRecord<'a>>, LoadError> {
    records.next().map_err(|error| match error {
        RecordError::Io(error) => source.unreadable(error),
        RecordError::TooLong => LoadError::TooLong {
            file: source.path.clone(),
            row,
        },
    })
}

/// The first record as names.
pub(crate) fn read_heading<R: io::BufRead>(
    source: &Source,
    records: &mut Records<R>,
    delimiter: Delimiter,
) -> Result<Vec<Name>, LoadError> {
    let file = || source.path.clone();
    let Some(record) = next(source, records, 0)? else {
        return Err(LoadError::Empty { file: file() });
    };
    let text = std::str::from_utf8(record.bytes)
        .map_err(|_| LoadError::HeadingNotText { file: file() })?;
    let mut headings = Vec::new();
    fields::split(text, delimiter, &mut headings);
    heading::names(&source.path, headings.iter().map(Cow::as_ref))
}

/// Columns of a text file, guessed at.
struct Columns<'a> {
    rules: &'a ScanRules,
    names: Vec<Name>,
    looks: Vec<Looks>,
    time: Option<usize>,
    odd_time: Option<(u64, String)>,
}

impl<'a> Columns<'a> {
    fn new(names: Vec<Name>, rules: &'a ScanRules) -> Self {
        Self {
            rules,
            looks: vec![Looks::default(); names.len()],
            time: names
                .iter()
                .position(|name| Some(name) == rules.time.as_ref()),
            names,
            odd_time: None,
        }
    }

    /// Rows that are wrong as a whole say nothing about types.
    fn see(&mut self, record: RawRecord<'_>, row: u64) {
        let Ok(text) = std::str::from_utf8(record.bytes) else {
            return;
        };
        let mut values = Vec::with_capacity(self.names.len());
        fields::split(text, self.rules.delimiter, &mut values);
        if values.len() != self.names.len() || record.is_unclosed {
            return;
        }
        for (position, value) in values.iter().enumerate() {
            if *value != self.rules.null {
                self.looks[position].see(value, self.time == Some(position));
            }
        }
        if let Some(time) = self.time.filter(|_| self.odd_time.is_none()) {
            self.odd_time = odd_time(&values[time], &self.rules.null).map(|value| (row, value));
        }
    }

    fn finish(self) -> Vec<ScannedColumn> {
        let of = |(position, name): (usize, Name)| ScannedColumn {
            name,
            guess: self.looks[position].guess(),
            odd_time: self
                .odd_time
                .clone()
                .filter(|_| self.time == Some(position)),
        };
        self.names.into_iter().enumerate().map(of).collect()
    }
}

/// The value, where it is no time.
fn odd_time(value: &str, null: &str) -> Option<String> {
    if value == null {
        return None;
    }
    let mut looks = Looks::default();
    looks.see(value, true);
    let is_time = looks
        .guess()
        .is_some_and(|guess| matches!(guess.column_type, ColumnType::Date | ColumnType::Timestamp));
    (!is_time).then(|| value.chars().take(64).collect())
}

/// Passes a file's bytes on, and remembers their digest.
struct Digest<'a> {
    file: std::fs::File,
    hasher: blake3::Hasher,
    progress: &'a Progress,
}

impl<'a> Digest<'a> {
    fn new(source: &Source, progress: &'a Progress) -> Result<Self, LoadError> {
        Ok(Self {
            file: source.open()?,
            hasher: blake3::Hasher::new(),
            progress,
        })
    }

    fn hex(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

impl Read for Digest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        self.progress.advance(read as u64);
        Ok(read)
    }
}
