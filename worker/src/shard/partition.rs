//! Rows by calendar month, for large tables of events.
//!
//! Owns when a table is partitioned and the month of a row (UTC). Rows without a time share the
//! partition `None`.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use chrono::{DateTime, Datelike, Days, NaiveDate};
use tagma_core::schema::{TableKind, TableSchema};
use tagma_core::time::MICROS_PER_DAY;
use tagma_sql::run::Partition;

/// Rows of a table in a shard from which on it is flushed by month.
pub(super) const PARTITION_ROWS: u64 = 1_000_000;

/// Whether new rows of a table with `rows` rows are flushed by month.
pub(super) fn by_month(schema: &TableSchema, rows: u64, threshold: u64) -> bool {
    schema.kind == TableKind::Events && schema.time.is_some() && rows >= threshold
}

/// The rows of `batches` by month, in order within each.
pub(super) fn split(
    schema: &TableSchema,
    batches: &[RecordBatch],
) -> Result<BTreeMap<Option<Partition>, Vec<RecordBatch>>, ArrowError> {
    let mut parts: BTreeMap<Option<Partition>, Vec<RecordBatch>> = BTreeMap::new();
    for batch in batches {
        let mut rows: BTreeMap<Option<Partition>, Vec<u32>> = BTreeMap::new();
        for (row, day) in days(schema, batch).into_iter().enumerate() {
            rows.entry(day.and_then(month))
                .or_default()
                .push(row as u32);
        }
        for (partition, rows) in rows {
            let part = take_record_batch(batch, &UInt32Array::from(rows))?;
            parts.entry(partition).or_default().push(part);
        }
    }
    Ok(parts)
}

/// The UTC day of each row.
fn days(schema: &TableSchema, batch: &RecordBatch) -> Vec<Option<i64>> {
    let time = schema
        .time
        .as_ref()
        .and_then(|time| batch.column_by_name(time.as_str()));
    let Some(time) = time else {
        return vec![None; batch.num_rows()];
    };
    match time.data_type() {
        DataType::Date32 => {
            let days = time.as_primitive::<Date32Type>();
            days.iter().map(|day| day.map(i64::from)).collect()
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let micros = time.as_primitive::<TimestampMicrosecondType>();
            micros
                .iter()
                .map(|at| at.map(|at| at.div_euclid(MICROS_PER_DAY)))
                .collect()
        }
        _ => vec![None; batch.num_rows()],
    }
}

fn month(day: i64) -> Option<Partition> {
    let epoch: NaiveDate = DateTime::UNIX_EPOCH.date_naive();
    let distance = Days::new(day.unsigned_abs());
    let date = match day < 0 {
        true => epoch.checked_sub_days(distance)?,
        false => epoch.checked_add_days(distance)?,
    };
    Some(Partition {
        year: date.year(),
        month: u8::try_from(date.month()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_into_their_months_before_and_after_1970() {
        let of = |day| month(day).map(|p| (p.year, p.month));
        assert_eq!(of(0), Some((1970, 1)));
        assert_eq!(of(-1), Some((1969, 12)));
        assert_eq!(of(19_782), Some((2024, 2)));
        assert_eq!(of(19_783), Some((2024, 3)));
        assert_eq!(of(-719_162), Some((1, 1)));
        assert_eq!(of(2_932_896), Some((9999, 12)));
        assert_eq!(of(i64::MIN), None);
    }
}
