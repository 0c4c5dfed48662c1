//! A Parquet file as chunks of typed rows.

use std::{collections::BTreeMap, fs::File};

use arrow::{array::RecordBatch, compute::concat_batches, datatypes::SchemaRef};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use tagma_proto::pb::ingest::v1::DeadLetter;

use super::{column, flat};
use crate::load::{
    LoadError,
    chunk::{self, Chunk, Chunks, Read},
    column_type,
    plan::{FilePlan, PlannedColumn},
    source::Source,
};

/// Reads a Parquet file whose columns are those of the plan.
pub(crate) struct ParquetChunks {
    source: Source,
    plan: FilePlan,
    schema: SchemaRef,
    rows: u64,
    rows_per_chunk: usize,
    /// Rows read so far.
    row: u64,
    reader: Option<ParquetRecordBatchReader>,
    /// Read, and not yet in a chunk.
    left: Option<RecordBatch>,
}

impl ParquetChunks {
    /// Opens the file.
    ///
    /// # Errors
    /// What makes the file unfit; a column whose values cannot be the table's.
    pub(crate) fn open(source: Source, plan: FilePlan) -> Result<Self, LoadError> {
        let builder = builder(&source)?;
        let flat = flat::schema(builder.schema());
        let fields = flat.fields();
        let changed = fields.len() != plan.columns.len();
        if changed {
            return Err(LoadError::Changed { file: source.path });
        }
        for (planned, field) in plan.columns.iter().zip(fields) {
            let declared = column::declared_type(field.data_type());
            let target = planned.rules.column_type;
            let fits = declared.map(|from| from.is_none_or(|from| column::fits(from, target)));
            let reason = match fits {
                Ok(true) => continue,
                Ok(false) => format!(
                    "is of type {}, but {} in the table",
                    field.data_type(),
                    column_type::print(target)
                ),
                Err(reason) => reason,
            };
            return Err(LoadError::Column {
                file: source.path,
                name: planned.name.to_string(),
                reason,
            });
        }
        Ok(Self {
            schema: chunk::arrow_schema(&plan),
            rows: u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0),
            rows_per_chunk: chunk::rows_per_chunk(plan.columns.len()),
            row: 0,
            reader: None,
            left: None,
            source,
            plan,
        })
    }

    /// The next rows, as many as a chunk has.
    fn read(&mut self) -> Result<Option<RecordBatch>, LoadError> {
        if self.reader.is_none() {
            let offset = usize::try_from(self.row).unwrap_or(usize::MAX);
            let builder = builder(&self.source)?.with_batch_size(self.rows_per_chunk);
            let reader = builder.with_offset(offset).build();
            self.reader = Some(reader.map_err(|error| damaged(&self.source, error))?);
        }
        let mut parts: Vec<RecordBatch> = self.left.take().into_iter().collect();
        let count = |parts: &[RecordBatch]| parts.iter().map(RecordBatch::num_rows).sum::<usize>();
        while count(&parts) < self.rows_per_chunk {
            let Some(batch) = self.reader.as_mut().and_then(Iterator::next) else {
                break;
            };
            let batch = batch.map_err(|error| damaged(&self.source, error))?;
            parts.push(flat::rows(&batch).map_err(|error| damaged(&self.source, error))?);
        }
        let Some(first) = parts.first() else {
            return Ok(None);
        };
        let all = concat_batches(&first.schema(), &parts);
        let all = all.map_err(|error| damaged(&self.source, error))?;
        let rows = all.num_rows().min(self.rows_per_chunk);
        if rows < all.num_rows() {
            self.left = Some(all.slice(rows, all.num_rows() - rows));
        }
        Ok(Some(all.slice(0, rows)).filter(|batch| batch.num_rows() > 0))
    }
}

impl Chunks for ParquetChunks {
    fn skip(&mut self, chunks: u64) -> Result<u64, LoadError> {
        self.row = chunks
            .saturating_mul(self.rows_per_chunk as u64)
            .min(self.rows);
        Ok(self.row)
    }

    fn next(&mut self) -> Result<Option<Chunk>, LoadError> {
        let Some(batch) = self.read()? else {
            return Ok(None);
        };
        let first_row = self.row + 1;
        self.row += batch.num_rows() as u64;
        let mut columns = Vec::new();
        let mut reasons: BTreeMap<usize, String> = BTreeMap::new();
        for (PlannedColumn { name, rules, .. }, array) in
            self.plan.columns.iter().zip(batch.columns())
        {
            let converted = column::convert(array, *rules);
            let (values, wrong) = converted.map_err(|reason| LoadError::Column {
                file: self.source.path.clone(),
                name: name.to_string(),
                reason,
            })?;
            columns.push(values);
            for (row, reason) in wrong {
                reasons
                    .entry(row)
                    .or_insert_with(|| format!("column `{name}`: {reason}"));
            }
        }
        let letter = |(row, reason)| DeadLetter {
            source_row: first_row + row as u64,
            reason,
            original: tagma_coordinator::original_of_row(&batch, row),
        };
        let read = Read {
            first_row,
            rows: batch.num_rows(),
            columns,
            rejected: reasons.into_iter().map(letter).collect(),
        };
        read.encode(&self.source.path, &self.schema).map(Some)
    }
}

fn builder(source: &Source) -> Result<ParquetRecordBatchReaderBuilder<File>, LoadError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(source.open()?);
    builder.map_err(|error| damaged(source, error))
}

fn damaged(source: &Source, error: impl ToString) -> LoadError {
    LoadError::Parquet {
        file: source.path.clone(),
        reason: error.to_string(),
    }
}
