//! The first pass over a file of JSON objects.

use std::borrow::Cow;

use super::{
    keys::Keys,
    object::{self, Cell},
};
use crate::{
    load::{
        LoadError,
        guess::{LookRules, Looks},
        scan::{Rows, Scan, ScanRules, ScannedColumn},
        source::{Digest, Source, open_bytes},
        text::{TextReader, row_text},
    },
    output::Progress,
};

/// Reads the whole file once.
///
/// # Errors
/// What makes the file as a whole unfit.
pub(crate) fn scan_json(
    source: &Source,
    rules: &ScanRules,
    progress: &Progress,
) -> Result<Scan, LoadError> {
    let mut digest = Digest::new(open_bytes(source, progress)?);
    let mut reader = TextReader::open(source, &rules.text.for_json(), &mut digest)?;
    let encoding = reader.encoding();
    let mut columns = Columns::default();
    let mut rows = Rows::default();
    while let Some((row, record)) = reader.next()? {
        let text = row_text(record, encoding);
        let outcome = match &text {
            Ok(text) if row == 1 && text.trim_start().starts_with('[') => {
                return Err(LoadError::JsonArray {
                    file: source.path.clone(),
                });
            }
            Ok(text) => columns.take(text, row, source, rules)?,
            Err(error) => Err(format!("the row {}", error.reason)),
        };
        let is_undecodable = text.is_err() && record.too_long.is_none();
        rows.count(row, is_undecodable, outcome);
        rows.is_ended = record.is_ended;
    }
    drop(reader);
    let count = rows.all;
    let notes = rows.judge(source, encoding)?;
    Ok(Scan {
        file: source.path.clone(),
        content: digest.hex(),
        bytes: source.bytes,
        rows: count,
        columns: columns.finish(source)?,
        notes,
    })
}

/// Columns, found one after the other.
#[derive(Default)]
struct Columns {
    keys: Keys,
    seen: Vec<Seen>,
}

/// What a column holds.
#[derive(Default)]
struct Seen {
    looks: Looks,
    /// The first row with a list.
    list: Option<u64>,
    has_others: bool,
}

impl Columns {
    /// Takes a line; answers why it is no row, where it is none.
    fn take(
        &mut self,
        line: &str,
        row: u64,
        source: &Source,
        rules: &ScanRules,
    ) -> Result<Result<(), String>, LoadError> {
        let mut cells: Vec<(Cow<'_, str>, Cell<'_>)> = Vec::new();
        if let Err(reason) = object::cells(line, &mut cells) {
            return Ok(Err(format!("the row is no JSON object: {reason}")));
        }
        for (path, cell) in cells {
            let number = self.keys.number(source, &path, row)?;
            if self.seen.len() == number {
                self.seen.push(Seen::default());
            }
            let is_time = Some(&self.keys.columns[number].name) == rules.time.as_ref();
            self.seen[number].see(&cell, row, is_time);
        }
        Ok(Ok(()))
    }

    fn finish(self, source: &Source) -> Result<Vec<ScannedColumn>, LoadError> {
        let mut columns = Vec::new();
        for (key, seen) in self.keys.columns.into_iter().zip(self.seen) {
            if let Some(row) = seen.list.filter(|_| !seen.has_others) {
                return Err(LoadError::Key {
                    file: source.path.clone(),
                    path: key.path,
                    row,
                    reason: "holds lists, which no column of a table can hold".to_owned(),
                });
            }
            columns.push(ScannedColumn::guessed(key.name, Some(key.path), seen.looks));
        }
        Ok(columns)
    }
}

impl Seen {
    fn see(&mut self, cell: &Cell<'_>, row: u64, is_time: bool) {
        let rules = LookRules {
            is_time,
            decimal_comma: false,
        };
        match cell {
            Cell::Null => return,
            Cell::List => {
                self.list.get_or_insert(row);
                return;
            }
            Cell::Text(text) => self.looks.see_text(text, row, rules),
            Cell::Number(number) => self.looks.see(number, row, rules),
            Cell::Bool(value) => self
                .looks
                .see(if *value { "true" } else { "false" }, row, rules),
        }
        self.has_others = true;
    }
}
