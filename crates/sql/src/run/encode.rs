//! Rows in memory → one run.

use std::sync::Arc;

use arrow::array::{RecordBatch, new_null_array};
use arrow::compute::{cast, concat_batches};
use tagma_core::schema::{ColumnType, TableSchema};

use super::error::Error;
use super::order::sorted;
use super::run_writer::{EncodedRun, RunOptions, RunWriter};
use super::split::{EventCounts, events};
use crate::arrow_types::{column_type, stored_schema};

/// Encodes `batches`, rows of `table` in any order, as one run: sorted, split into sections,
/// with checksums.
///
/// Each batch has columns of [`stored_schema`] by name, in any order; an earlier schema of the
/// table may have written it.
///
/// # Errors
/// `Shape` where a column has a type that does not fit into the table's.
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

/// `batch` as it is stored by `table`: the columns of [`stored_schema`] in their order. One that
/// it has not is null: it was added later. A narrower type becomes the table's.
pub(crate) fn as_stored(table: &TableSchema, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    conformed(table, batch, ColumnType::fits_into)
}

/// [`as_stored`], where the rows may also have been written by a later schema than `table`, and
/// all their values fit it nevertheless.
pub(crate) fn as_read(table: &TableSchema, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    conformed(table, batch, |found, wanted| {
        found.fits_into(wanted) || wanted.fits_into(found)
    })
}

fn conformed(
    table: &TableSchema,
    batch: &RecordBatch,
    may_become: impl Fn(ColumnType, ColumnType) -> bool,
) -> Result<RecordBatch, Error> {
    let schema = stored_schema(table);
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let (name, wanted) = (field.name(), field.data_type());
        let column = match batch.column_by_name(name) {
            Some(column) => column,
            None if field.is_nullable() => {
                columns.push(new_null_array(wanted, batch.num_rows()));
                continue;
            }
            None => super::order::column(table, batch, name)?,
        };
        let found = column.data_type();
        let types = column_type(found).zip(column_type(wanted));
        if found == wanted {
            columns.push(Arc::clone(column));
        } else if types.is_some_and(|(found, wanted)| found != wanted && may_become(found, wanted))
        {
            columns.push(cast(column, wanted)?);
        } else {
            return Err(Error::Shape {
                table: table.name.to_string(),
                reason: format!("column `{name}` is {found}, not {wanted}"),
            });
        }
    }
    RecordBatch::try_new(schema, columns).map_err(|e| Error::Shape {
        table: table.name.to_string(),
        reason: e.to_string(),
    })
}
