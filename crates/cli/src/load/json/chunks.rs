//! A file of JSON objects as chunks of typed rows.

use std::borrow::Cow;

use super::{
    keys::{KeyColumn, Keys},
    object::{self, Cell},
};
use crate::{
    load::{
        LoadError,
        chunk::{Chunk, Chunks},
        plan::FilePlan,
        rows::RowsBuilder,
        source::{Source, open_bytes},
        text::{TextReader, TextRules, row_text},
    },
    output::Progress,
};

/// Reads a file whose keys are those of the plan.
pub(crate) struct JsonChunks {
    source: Source,
    reader: TextReader<'static>,
    keys: Keys,
    rows: RowsBuilder,
}

impl JsonChunks {
    /// Opens the file.
    ///
    /// # Errors
    /// What makes the file unfit.
    pub(crate) fn open(
        source: Source,
        rules: &TextRules,
        plan: &FilePlan,
    ) -> Result<Self, LoadError> {
        let input = open_bytes(&source, &Progress::hidden())?;
        let column = |column: &crate::load::plan::PlannedColumn| KeyColumn {
            path: column.path.clone().unwrap_or_default(),
            name: column.name.clone(),
        };
        Ok(Self {
            reader: TextReader::open(&source, &rules.for_json(), input)?,
            keys: Keys::known(plan.columns.iter().map(column).collect()),
            rows: RowsBuilder::new(plan),
            source,
        })
    }

    fn take(&mut self) -> Result<bool, LoadError> {
        let encoding = self.reader.encoding();
        let Some((_, record)) = self.reader.next()? else {
            return Ok(false);
        };
        self.rows.count(record.text_bytes);
        match row_text(record, encoding) {
            Ok(text) => {
                if let Err(reason) = fill(&mut self.rows, &self.keys, text) {
                    self.rows.reject(reason, text.to_owned());
                }
            }
            Err(wrong) => {
                self.rows.append_nulls();
                let reason = format!("the row {}", wrong.reason);
                self.rows.reject(reason, wrong.readable);
            }
        }
        Ok(true)
    }

    fn pass_over(&mut self) -> Result<bool, LoadError> {
        let bytes = self.reader.next()?.map(|(_, record)| record.text_bytes);
        if let Some(bytes) = bytes {
            self.rows.count(bytes);
        }
        Ok(bytes.is_some())
    }
}

impl Chunks for JsonChunks {
    fn skip(&mut self, chunks: u64) -> Result<u64, LoadError> {
        let mut row = 0;
        for _ in 0..chunks {
            while !self.rows.is_full() && self.pass_over()? {}
            row = self.rows.skip();
        }
        Ok(row)
    }

    fn next(&mut self) -> Result<Option<Chunk>, LoadError> {
        while !self.rows.is_full() && self.take()? {}
        self.rows.finish(&self.source)
    }
}

/// Fills the row, with nulls where it is none.
fn fill(rows: &mut RowsBuilder, keys: &Keys, text: &str) -> Result<(), String> {
    let values = match values(keys, text) {
        Ok(values) => values,
        Err(reason) => {
            rows.append_nulls();
            return Err(reason);
        }
    };
    rows.append(values.iter().map(Option::as_deref))
}

/// One value per column.
fn values<'t>(keys: &Keys, text: &'t str) -> Result<Vec<Option<Cow<'t, str>>>, String> {
    let mut cells: Vec<(Cow<'t, str>, Cell<'t>)> = Vec::new();
    object::cells(text, &mut cells)
        .map_err(|reason| format!("the row is no JSON object: {reason}"))?;
    let mut values = vec![None; keys.columns.len()];
    let mut is_given = vec![false; keys.columns.len()];
    for (path, cell) in cells {
        let Some(number) = keys.find(&path) else {
            return Err(format!(
                "key `{path}` was not there when the file was first read"
            ));
        };
        if std::mem::replace(&mut is_given[number], true) {
            return Err(format!("key `{path}` is there twice"));
        }
        values[number] = match cell {
            Cell::Null => None,
            Cell::Text(text) => Some(text),
            Cell::Number(number) => Some(Cow::Borrowed(number)),
            Cell::Bool(true) => Some(Cow::Borrowed("true")),
            Cell::Bool(false) => Some(Cow::Borrowed("false")),
            Cell::List => return Err(format!("key `{path}` holds a list")),
        };
    }
    Ok(values)
}
