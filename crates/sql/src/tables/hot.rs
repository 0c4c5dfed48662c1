//! The visible rows in memory, in order.

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::Int64Type;

use super::table_at::TableAt;
use crate::arrow_types::{FROM, SEQ, stored_schema};
use crate::run::{Error, as_stored, sorted};

/// The visible hot rows, sorted as sections are; `None` where there are none.
pub(super) fn visible_hot(at: &TableAt) -> Result<Option<RecordBatch>, Error> {
    let mut visible = Vec::with_capacity(at.hot.len());
    for batch in &at.hot {
        let batch = as_stored(&at.schema, batch)?;
        let shown = visible_rows(at, &batch);
        if shown.true_count() == batch.num_rows() {
            visible.push(batch);
        } else {
            visible.push(filter_record_batch(&batch, &shown)?);
        }
    }
    let batch = concat_batches(&stored_schema(&at.schema), &visible)?;
    if batch.num_rows() == 0 {
        return Ok(None);
    }
    sorted(&at.schema, &batch).map(Some)
}

fn visible_rows(at: &TableAt, batch: &RecordBatch) -> BooleanArray {
    let column = |name| batch[name].as_primitive::<Int64Type>();
    let (end, last_from) = (at.end().0, at.last_from());
    let rows = column(SEQ).iter().zip(column(FROM).iter());
    rows.map(|(seq, from)| {
        Some(seq.is_some_and(|s| s < end) && from.is_none_or(|f| f <= last_from))
    })
    .collect()
}
