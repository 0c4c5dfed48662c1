//! The first pass over a text file.

use std::borrow::Cow;

use tagma_core::schema::Name;

use super::{RawRecord, TextReader, fields_of, row_text};
use crate::{
    load::{
        LoadError,
        guess::{LookRules, Looks},
        scan::{Rows, Scan, ScanRules, ScannedColumn},
        source::{Digest, Source, open_bytes},
    },
    output::Progress,
};

/// Reads the whole file once.
///
/// # Errors
/// What makes the file as a whole unfit.
pub(crate) fn scan_text(
    source: &Source,
    rules: &ScanRules,
    progress: &Progress,
) -> Result<Scan, LoadError> {
    let mut digest = Digest::new(open_bytes(source, progress)?);
    let mut reader = TextReader::open(source, &rules.text, &mut digest)?;
    let headings = reader.headings(&rules.text)?;
    let encoding = reader.encoding();
    let mut columns = Columns::new(headings, rules);
    let mut rows = Rows::default();
    while let Some((row, record)) = reader.next()? {
        let text = row_text(record, encoding);
        let outcome = match &text {
            Ok(text) => columns.take(text, row, !rows.has_good() || !record.is_ended),
            Err(error) => Err(format!("the row {}", error.reason)),
        };
        rows.count(row, is_undecodable(&text, record), outcome);
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
        columns: columns.finish(),
        notes,
    })
}

fn is_undecodable<T>(text: &Result<&str, T>, record: RawRecord<'_>) -> bool {
    text.is_err() && record.too_long.is_none() && !record.is_unclosed
}

/// Columns, guessed at.
struct Columns<'a> {
    rules: &'a ScanRules,
    names: Vec<Name>,
    looks: Vec<Looks>,
    look_rules: Vec<LookRules>,
}

impl<'a> Columns<'a> {
    fn new(names: Vec<Name>, rules: &'a ScanRules) -> Self {
        let look_rules = names.iter().map(|name| LookRules {
            is_time: Some(name) == rules.time.as_ref(),
            decimal_comma: rules.text.decimal_comma,
        });
        Self {
            rules,
            looks: vec![Looks::default(); names.len()],
            look_rules: look_rules.collect(),
            names,
        }
    }

    /// Rows that are wrong as a whole say nothing about types. Where nothing is to be guessed, rows
    /// are not even split, unless that `is_asked`.
    fn take(&mut self, text: &str, row: u64, is_asked: bool) -> Result<(), String> {
        if !self.rules.infers && !is_asked {
            return Ok(());
        }
        let dialect = &self.rules.text.dialect;
        let mut values: Vec<Cow<'_, str>> = Vec::with_capacity(self.names.len());
        fields_of(text, dialect, self.names.len(), &mut values)?;
        if !self.rules.infers {
            return Ok(());
        }
        for (position, value) in values.iter().enumerate() {
            if !dialect.is_null(value) {
                self.looks[position].see(value, row, self.look_rules[position]);
            }
        }
        Ok(())
    }

    fn finish(self) -> Vec<ScannedColumn> {
        let columns = self.names.into_iter().zip(self.looks);
        columns
            .map(|(name, looks)| ScannedColumn::guessed(name, None, looks))
            .collect()
    }
}
