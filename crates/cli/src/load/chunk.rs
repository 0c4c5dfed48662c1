//! A chunk: the rows of one request.
//!
//! Chunks end at fixed places of the file: after [`rows_per_chunk`] rows, or where the rows of
//! text have come to [`BYTES_PER_CHUNK`]. A load that broke is continued by a later process,
//! so that **these places must never change** for a file and a way of reading it.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions},
    compute::filter_record_batch,
    datatypes::{Field, Schema, SchemaRef},
    ipc::writer::StreamWriter,
};
use tagma_proto::{MESSAGE_BYTES_MAX, pb::ingest::v1::DeadLetter};

use super::{LoadError, column_type, plan::FilePlan};

/// Rows of the file in a chunk, wrong ones included.
pub(crate) const ROWS_PER_CHUNK: usize = 16_384;
/// Bytes of a text file after which a chunk ends early.
pub(crate) const BYTES_PER_CHUNK: u64 = 8 * 1024 * 1024;
/// Cells after which a chunk ends early, where there are many columns.
const CELLS_PER_CHUNK: usize = 1 << 21;
/// Of a message, for everything but rows.
const OVERHEAD_BYTES: usize = 64 * 1024;

/// Rows of a chunk of so many columns, at most.
pub(crate) fn rows_per_chunk(columns: usize) -> usize {
    (CELLS_PER_CHUNK / columns.max(1)).clamp(1, ROWS_PER_CHUNK)
}

/// The rows of one request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chunk {
    /// Number of the first row in the file, from 1.
    pub(crate) first_row: u64,
    /// Rows of the file in it.
    pub(crate) rows: u64,
    /// An Arrow IPC stream of the good rows.
    pub(crate) rows_ipc: Vec<u8>,
    /// Their numbers, where some rows between them are not good.
    pub(crate) source_rows: Vec<u64>,
    /// The others, in order.
    pub(crate) rejected: Vec<DeadLetter>,
}

/// A file as chunks.
pub(crate) trait Chunks: Send {
    /// Passes over chunks that were taken already; answers how many rows they have.
    ///
    /// # Errors
    /// What makes the file unfit.
    fn skip(&mut self, chunks: u64) -> Result<u64, LoadError>;

    /// The next chunk; `None` after the last one.
    ///
    /// # Errors
    /// What makes the file unfit.
    fn next(&mut self) -> Result<Option<Chunk>, LoadError>;
}

/// All rows of a chunk as columns, and which of them are wrong.
pub(crate) struct Read {
    pub(crate) first_row: u64,
    pub(crate) rows: usize,
    /// One per planned column, `rows` long; wrong rows hold anything.
    pub(crate) columns: Vec<ArrayRef>,
    /// In order.
    pub(crate) rejected: Vec<DeadLetter>,
}

/// The Arrow schema of a file's rows.
pub(crate) fn arrow_schema(plan: &FilePlan) -> SchemaRef {
    let field = |column: &super::plan::PlannedColumn| {
        let data_type = column_type::data_type(column.rules.column_type);
        Field::new(column.name.as_str(), data_type, true)
    };
    Arc::new(Schema::new(
        plan.columns.iter().map(field).collect::<Vec<_>>(),
    ))
}

impl Read {
    /// Takes wrong rows out and encodes the others.
    ///
    /// # Errors
    /// [`LoadError::TooLarge`] where they fit into no message.
    pub(crate) fn encode(self, file: &Path, schema: &SchemaRef) -> Result<Chunk, LoadError> {
        let mut chunk = Chunk {
            first_row: self.first_row,
            rows: self.rows as u64,
            rows_ipc: Vec::new(),
            source_rows: Vec::new(),
            rejected: Vec::new(),
        };
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(schema.clone(), self.columns, &options);
        let mut batch = batch.expect("columns are built to the schema and to the same length");
        if !self.rejected.is_empty() {
            let mut is_good = vec![true; self.rows];
            for letter in &self.rejected {
                is_good[(letter.source_row - self.first_row) as usize] = false;
            }
            let numbers = (self.first_row..).zip(&is_good);
            chunk.source_rows = numbers.filter_map(|(n, good)| good.then_some(n)).collect();
            let is_good = BooleanArray::from(is_good);
            batch = filter_record_batch(&batch, &is_good).expect("as many flags as rows");
        }
        let original = |letter: &DeadLetter| letter.original.len() + letter.reason.len();
        let rejected_bytes: usize = self.rejected.iter().map(original).sum();
        chunk.rejected = self.rejected;
        chunk.rows_ipc = stream(&batch);
        let bytes = chunk.rows_ipc.len() + chunk.source_rows.len() * 10 + rejected_bytes;
        if bytes > MESSAGE_BYTES_MAX - OVERHEAD_BYTES {
            return Err(LoadError::TooLarge {
                file: file.to_owned(),
                first_row: chunk.first_row,
                last_row: chunk.first_row + chunk.rows - 1,
                bytes,
            });
        }
        Ok(chunk)
    }
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let why = "a vector takes everything, and flat types are always encodable";
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect(why);
    writer.write(batch).expect(why);
    writer.into_inner().expect(why)
}
