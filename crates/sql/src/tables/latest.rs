//! Attribute tables: of each person and column the latest value that is not null.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use futures::{Stream, TryStreamExt, stream};

use crate::arrow_types::ONEID;

/// One row a person out of `rows`, which are ordered by (oneid, time, _seq).
pub(super) fn latest_per_column(
    rows: SendableRecordBatchStream,
) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let state = Some(Latest { rows, open: None });
    stream::try_unfold(state, |state| async move {
        let Some(mut latest) = state else {
            return Ok(None);
        };
        while let Some(batch) = latest.rows.try_next().await? {
            if let Some(done) = latest.add(&batch)? {
                return Ok(Some((done, Some(latest))));
            }
        }
        Ok(latest.open.map(|last| (last, None)))
    })
}

struct Latest {
    rows: SendableRecordBatchStream,
    /// The person whose rows may go on in the next batch, as one row.
    open: Option<RecordBatch>,
}

impl Latest {
    /// The people that are complete with `batch`.
    fn add(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>> {
        if batch.num_rows() == 0 {
            return Ok(None);
        }
        let rows = match self.open.take() {
            Some(open) => concat_batches(&batch.schema(), [&open, batch])?,
            None => batch.clone(),
        };
        let mut people = people_of(&rows)?;
        let last = people.pop();
        self.open = last.map(|last| collapse(&rows, &[last])).transpose()?;
        if people.is_empty() {
            return Ok(None);
        }
        Ok(Some(collapse(&rows, &people)?))
    }
}

/// Start and end of each person's rows.
fn people_of(rows: &RecordBatch) -> Result<Vec<(usize, usize)>> {
    let oneids = rows.column_by_name(ONEID).ok_or_else(|| {
        DataFusionError::Internal("rows of an attribute table without oneid".into())
    })?;
    let oneids = oneids.as_primitive::<Int64Type>().values();
    let mut people = Vec::new();
    let mut start = 0;
    for row in 1..=oneids.len() {
        if row == oneids.len() || oneids[row] != oneids[start] {
            people.push((start, row));
            start = row;
        }
    }
    Ok(people)
}

fn collapse(rows: &RecordBatch, people: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    let columns = rows.columns().iter().map(|column| {
        let latest: UInt32Array = people.iter().map(|p| latest_row(column, *p)).collect();
        take(column, &latest, None)
    });
    let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(people.len()));
    RecordBatch::try_new_with_options(rows.schema(), columns, &options)
}

fn latest_row(column: &ArrayRef, (start, end): (usize, usize)) -> Option<u32> {
    (start..end)
        .rev()
        .find(|row| column.is_valid(*row))
        .map(|row| row as u32)
}
