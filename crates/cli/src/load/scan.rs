//! The first pass over a file: digest of its content, columns, number of rows, guessed types.
//!
//! The whole file is read before anything is sent, so that a file that is damaged, cut short or of
//! another kind changes nothing.

use std::path::PathBuf;

use encoding_rs::Encoding;
use tagma_core::schema::Name;

use super::{
    Format, LoadError,
    guess::{Example, Guess, Looks},
    json, parquet,
    source::Source,
    text::{self, TextRules},
};
use crate::output::{Progress, thousands};

/// How a file is looked at.
#[derive(Debug, Clone)]
pub(crate) struct ScanRules {
    pub(crate) text: TextRules,
    pub(crate) time: Option<Name>,
    /// Whether types are guessed, which is most of the work.
    pub(crate) infers: bool,
}

/// What the first pass finds.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) file: PathBuf,
    /// Hex digest of the content, decompressed.
    pub(crate) content: String,
    /// Of the file as it lies there.
    pub(crate) bytes: u64,
    /// Rows without the heading, wrong ones included.
    pub(crate) rows: u64,
    pub(crate) columns: Vec<ScannedColumn>,
    /// What people should know about the file, though it can be loaded.
    pub(crate) notes: Vec<String>,
}

/// A column as the file has it.
#[derive(Debug, Clone)]
pub(crate) struct ScannedColumn {
    pub(crate) name: Name,
    /// In NDJSON, the keys that lead to it.
    pub(crate) path: Option<String>,
    /// `None` where every value is null, or where nothing was to be guessed.
    pub(crate) guess: Option<Guess>,
    /// A value that made the guess what it is.
    pub(crate) example: Option<Example>,
    /// Few values that made a text of a column that is something else otherwise.
    pub(crate) doubt: Option<String>,
    /// In the time column: the first value that is no time.
    pub(crate) odd_time: Option<Example>,
}

impl ScannedColumn {
    pub(crate) fn guessed(name: Name, path: Option<String>, looks: Looks) -> Self {
        Self {
            name,
            path,
            guess: looks.guess(),
            example: looks.example(),
            doubt: looks.doubt(),
            odd_time: looks.odd_time().cloned(),
        }
    }
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
        Format::Text => text::scan_text(source, rules, progress),
        Format::Json => json::scan_json(source, rules, progress),
        Format::Parquet => parquet::scan_parquet(source, progress),
    }
}

/// Rows of lines of text, counted.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) all: u64,
    /// Whether the last line has a line end.
    pub(crate) is_ended: bool,
    good: bool,
    undecodable: u64,
    first_undecodable: Option<(u64, String)>,
    first_wrong: Option<(u64, String)>,
    /// Why the last row is wrong, if it is.
    last_wrong: Option<String>,
}

impl Rows {
    /// Whether any row is fit to be read.
    pub(crate) fn has_good(&self) -> bool {
        self.good
    }

    /// Takes a row; `outcome` says why it cannot be read.
    pub(crate) fn count(&mut self, row: u64, is_undecodable: bool, outcome: Result<(), String>) {
        self.all += 1;
        self.good |= outcome.is_ok();
        self.last_wrong = outcome.err();
        let Some(reason) = &self.last_wrong else {
            return;
        };
        if is_undecodable {
            self.undecodable += 1;
            let first = &mut self.first_undecodable;
            first.get_or_insert_with(|| (row, reason.clone()));
        }
        self.first_wrong
            .get_or_insert_with(|| (row, reason.clone()));
    }

    /// What people should know.
    ///
    /// # Errors
    /// Where there are no rows, where none is fit, or where most are of another encoding.
    pub(crate) fn judge(
        self,
        source: &Source,
        encoding: Option<&'static Encoding>,
    ) -> Result<Vec<String>, LoadError> {
        let file = || source.path.clone();
        if self.all == 0 {
            return Err(LoadError::NoRows { file: file() });
        }
        let mut notes = Vec::new();
        if let Some((row, reason)) = self.first_undecodable {
            let error = LoadError::WrongEncoding {
                file: file(),
                wrong: self.undecodable,
                rows: self.all,
                row,
                reason,
                is_default: encoding.is_none(),
            };
            if self.undecodable * 2 > self.all {
                return Err(error);
            }
            notes.push(format!("{error}. These rows go to the dead letters"));
        }
        if let Some((row, reason)) = self.first_wrong.filter(|_| !self.good) {
            return Err(LoadError::NoGoodRow {
                file: file(),
                row,
                reason,
            });
        }
        if let Some(reason) = self.last_wrong.filter(|_| !self.is_ended) {
            notes.push(format!(
                "`{}`: the last row, {}, is wrong and has no line end: was the file cut short? \
                 {reason}",
                source.path.display(),
                thousands(self.all)
            ));
        }
        Ok(notes)
    }
}
