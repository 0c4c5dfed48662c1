//! Rows of text being collected into a chunk.

use arrow::datatypes::SchemaRef;
use tagma_proto::pb::ingest::v1::DeadLetter;

use super::{
    LoadError,
    cell::ColumnBuilder,
    chunk::{self, BYTES_PER_CHUNK, Chunk, Read},
    plan::FilePlan,
    source::Source,
};

/// Appends rows to columns. Every row adds one cell to every column, a wrong one too.
pub(crate) struct RowsBuilder {
    schema: SchemaRef,
    names: Vec<String>,
    builders: Vec<ColumnBuilder>,
    first_row: u64,
    rows: usize,
    rows_max: usize,
    bytes: u64,
    rejected: Vec<DeadLetter>,
}

impl RowsBuilder {
    pub(crate) fn new(plan: &FilePlan) -> Self {
        let rules = plan.columns.iter().map(|column| column.rules);
        let names = plan.columns.iter().map(|column| column.name.to_string());
        Self {
            schema: chunk::arrow_schema(plan),
            names: names.collect(),
            builders: rules.map(ColumnBuilder::new).collect(),
            first_row: 1,
            rows: 0,
            rows_max: chunk::rows_per_chunk(plan.columns.len()),
            bytes: 0,
            rejected: Vec::new(),
        }
    }

    pub(crate) fn columns(&self) -> usize {
        self.builders.len()
    }

    /// Names of the columns, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether the chunk ends here: a function of the rows alone.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.rows_max || self.bytes >= BYTES_PER_CHUNK
    }

    /// Counts a row of so many bytes of text.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.rows += 1;
        self.bytes += bytes;
    }

    /// Fills the row that was counted last: one value per column, in order. The first reason why a
    /// value is none of its column's is told.
    pub(crate) fn append<'v>(
        &mut self,
        values: impl Iterator<Item = Option<&'v str>>,
    ) -> Result<(), String> {
        let mut outcome = Ok(());
        for ((builder, name), value) in self.builders.iter_mut().zip(&self.names).zip(values) {
            let Some(value) = value else {
                builder.append_null();
                continue;
            };
            let appended = builder.append(value);
            outcome = outcome.and(appended.map_err(|reason| format!("column `{name}`: {reason}")));
        }
        outcome
    }

    /// Fills the row that was counted last with nulls.
    pub(crate) fn append_nulls(&mut self) {
        self.builders
            .iter_mut()
            .for_each(ColumnBuilder::append_null);
    }

    /// Sets the row that was counted last aside; it has to be filled all the same.
    pub(crate) fn reject(&mut self, reason: String, original: String) {
        self.rejected.push(DeadLetter {
            source_row: self.first_row + self.rows as u64 - 1,
            reason,
            original,
        });
    }

    /// Forgets the rows counted so far, which were not filled; answers the last one's number.
    pub(crate) fn skip(&mut self) -> u64 {
        self.first_row += self.rows as u64;
        (self.rows, self.bytes) = (0, 0);
        self.first_row - 1
    }

    /// The rows so far as a chunk; `None` where there are none.
    ///
    /// # Errors
    /// Where they fit into no message.
    pub(crate) fn finish(&mut self, source: &Source) -> Result<Option<Chunk>, LoadError> {
        if self.rows == 0 {
            return Ok(None);
        }
        let columns = self.builders.iter_mut().map(ColumnBuilder::finish);
        let read = Read {
            first_row: self.first_row,
            rows: self.rows,
            columns: columns.collect(),
            rejected: std::mem::take(&mut self.rejected),
        };
        self.skip();
        read.encode(&source.path, &self.schema).map(Some)
    }
}
