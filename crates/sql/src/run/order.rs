//! The order of stored rows: (oneid, time, _seq).
//!
//! Owns which columns order a table and where rows without a time go: last in event tables, as
//! SQL's default order has them, and first in attribute tables, where they are the oldest.

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch};
use std::sync::Arc;
use tagma_core::schema::{TableKind, TableSchema};

use super::error::Error;
use crate::arrow_types::{ONEID, SEQ};

/// Names and directions of the columns that order the rows of `table`.
pub fn sort_columns(table: &TableSchema) -> Vec<(String, SortOptions)> {
    let ascending = |nulls_first| SortOptions {
        descending: false,
        nulls_first,
    };
    let mut columns = vec![(ONEID.to_string(), ascending(false))];
    if let Some(time) = &table.time {
        let oldest_first = table.kind == TableKind::Attributes;
        columns.push((time.as_str().to_string(), ascending(oldest_first)));
    }
    columns.push((SEQ.to_string(), ascending(false)));
    columns
}

/// `batch` in the order of `table`, rows that compare equal in the order in which they came.
pub(crate) fn sorted(table: &TableSchema, batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let mut keys = Vec::new();
    for (name, options) in sort_columns(table) {
        keys.push(SortColumn {
            values: Arc::clone(column(table, batch, &name)?),
            options: Some(options),
        });
    }
    let arrival: UInt32Array = (0..batch.num_rows() as u32).collect();
    keys.push(SortColumn {
        values: Arc::new(arrival) as ArrayRef,
        options: None,
    });
    let indices = lexsort_to_indices(&keys, None)?;
    Ok(take_record_batch(batch, &indices)?)
}

/// The column `name` of `batch`.
pub(super) fn column<'a>(
    table: &TableSchema,
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a ArrayRef, Error> {
    batch.column_by_name(name).ok_or_else(|| Error::Shape {
        table: table.name.to_string(),
        reason: format!("there is no column `{name}`"),
    })
}
