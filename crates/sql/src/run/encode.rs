//! Rows in memory → one run.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use tagma_core::schema::TableSchema;

use super::error::Error;
use super::order::sorted;
use super::run_writer::{EncodedRun, RunOptions, RunWriter};
use super::split::{EventCounts, events};
use crate::arrow_types::stored_schema;

/// Encodes `batches`, rows of `table` in any order, as one run: sorted, split into sections,
/// with checksums.
///
/// Each batch has the columns of [`stored_schema`] by name and type, in any order.
///
/// # Errors
/// `Shape` where a column lacks or has another type.
pub fn encode_run(
    table: &TableSchema,
    batches: &[RecordBatch],
    options: &RunOptions,
) -> Result<EncodedRun, Error> {
    let mut shaped = Vec::with_capacity(batches.len());
    for batch in batches {
        shaped.push(as_stored(table, batch)?);
    }
    let batch = concat_batches(&stored_schema(table), &shaped)?;
    drop(shaped);
    let batch = sorted(table, &batch)?;
    let mut counts = EventCounts::default();
    if let Some(events) = events(table, &batch)? {
        counts.add(events);
    }
    let mut writer = RunWriter::new(table, counts.at_least(options.section_rows as u64));
    writer.write(&batch)?;
    writer.finish(options)
}

/// The columns of `batch` in the order of [`stored_schema`].
pub(crate) fn as_stored(table: &TableSchema, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let schema = stored_schema(table);
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let column = super::order::column(table, batch, field.name())?;
        if column.data_type() != field.data_type() {
            return Err(Error::Shape {
                table: table.name.to_string(),
                reason: format!(
                    "column `{}` is {}, not {}",
                    field.name(),
                    column.data_type(),
                    field.data_type()
                ),
            });
        }
        columns.push(Arc::clone(column));
    }
    RecordBatch::try_new(schema, columns).map_err(|e| Error::Shape {
        table: table.name.to_string(),
        reason: e.to_string(),
    })
}
