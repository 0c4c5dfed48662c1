//! A text file as chunks of typed rows.

use std::borrow::Cow;

use serde_json::Value;

use super::{RawRecord, TextReader, TextRules, fields_of, row_text};
use crate::{
    load::{
        LoadError,
        chunk::{Chunk, Chunks},
        plan::FilePlan,
        rows::RowsBuilder,
        source::{Source, open_bytes},
    },
    output::Progress,
};

/// Reads a text file whose headings are those of the plan.
pub(crate) struct TextChunks {
    source: Source,
    rules: TextRules,
    reader: TextReader<'static>,
    rows: RowsBuilder,
}

impl TextChunks {
    /// Opens the file and passes over its heading.
    ///
    /// # Errors
    /// What makes the file unfit.
    pub(crate) fn open(
        source: Source,
        rules: TextRules,
        plan: &FilePlan,
    ) -> Result<Self, LoadError> {
        let input = open_bytes(&source, &Progress::hidden())?;
        let mut reader = TextReader::open(&source, &rules, input)?;
        let headings = reader.headings(&rules)?;
        let planned = plan.columns.iter().map(|column| &column.name);
        if !headings.iter().eq(planned) {
            return Err(LoadError::Changed { file: source.path });
        }
        Ok(Self {
            source,
            rules,
            reader,
            rows: RowsBuilder::new(plan),
        })
    }

    fn take(&mut self) -> Result<bool, LoadError> {
        let encoding = self.reader.encoding();
        let Some((_, record)) = self.reader.next()? else {
            return Ok(false);
        };
        self.rows.count(record.text_bytes);
        match row_text(record, encoding) {
            Ok(text) => fill(&mut self.rows, text, &self.rules),
            Err(wrong) => {
                self.rows.append_nulls();
                let reason = format!("the row {}", wrong.reason);
                self.rows.reject(reason, wrong.readable);
            }
        }
        Ok(true)
    }

    fn pass_over(&mut self) -> Result<bool, LoadError> {
        let record: Option<RawRecord<'_>> = self.reader.next()?.map(|(_, record)| record);
        if let Some(record) = record {
            self.rows.count(record.text_bytes);
        }
        Ok(record.is_some())
    }
}

impl Chunks for TextChunks {
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

/// A row as a JSON object of its columns, for the dead letters.
fn object(rows: &RowsBuilder, fields: &[Cow<'_, str>]) -> String {
    let members = rows.names().zip(fields);
    let members = members.map(|(name, field)| (name.to_owned(), Value::from(field.as_ref())));
    Value::Object(members.collect()).to_string()
}

fn fill(rows: &mut RowsBuilder, text: &str, rules: &TextRules) {
    let columns = rows.columns();
    let mut fields: Vec<Cow<'_, str>> = Vec::with_capacity(columns);
    let outcome = match fields_of(text, &rules.dialect, columns, &mut fields) {
        Ok(()) => {
            let value = |field| (!rules.dialect.is_null(field)).then_some(field);
            let appended = rows.append(fields.iter().map(|field| value(field.as_ref())));
            appended.map_err(|reason| (reason, object(rows, &fields)))
        }
        Err(reason) => {
            rows.append_nulls();
            Err((reason, text.to_owned()))
        }
    };
    if let Err((reason, original)) = outcome {
        rows.reject(reason, original);
    }
}
