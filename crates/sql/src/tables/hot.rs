//! The visible rows in memory, in order.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use tagma_core::schema::TableSchema;

use super::table_at::TableAt;
use crate::arrow_types::{FROM, SEQ, stored_schema};
use crate::columns;
use crate::run::{Error, as_read, sorted};

/// The visible hot rows, as `table` (the table's reading schema) has them, sorted as sections are;
/// `None` where there are none.
pub(super) fn visible_hot(at: &TableAt, table: &TableSchema) -> Result<Option<RecordBatch>, Error> {
    let mut visible = Vec::with_capacity(at.hot.len());
    for batch in &at.hot {
        let shown = visible_rows(at, batch)?;
        // What is visible was written by a schema up to the index, and fits: the rest may not.
        visible.push(match shown.true_count() == batch.num_rows() {
            true => as_read(table, batch)?,
            false => as_read(table, &filter_record_batch(batch, &shown)?)?,
        });
    }
    let batch = concat_batches(&stored_schema(table), &visible)?;
    if batch.num_rows() == 0 {
        return Ok(None);
    }
    sorted(table, &batch).map(Some)
}

fn visible_rows(at: &TableAt, batch: &RecordBatch) -> Result<BooleanArray, Error> {
    let column = |name: &str| {
        columns::numbers(batch, name).map_err(|error| Error::Shape {
            table: at.schema.name.to_string(),
            reason: error.to_string(),
        })
    };
    let (end, last_from) = (at.end().0, at.last_from());
    let rows = column(SEQ)?.iter().zip(column(FROM)?.iter());
    let visible = rows.map(|(seq, from)| {
        Some(seq.is_some_and(|s| s < end) && from.is_none_or(|f| f <= last_from))
    });
    Ok(visible.collect())
}
