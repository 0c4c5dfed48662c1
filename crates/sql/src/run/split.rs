//! Which rows go to which section.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, RecordBatch, StringArray, UInt32Array};
use arrow::compute::take_record_batch;
use tagma_core::schema::TableSchema;

use super::error::Error;
use super::order::column;

/// Rows of each event.
#[derive(Debug, Default)]
pub(super) struct EventCounts(BTreeMap<String, u64>);

impl EventCounts {
    /// Adds the rows of `events`.
    pub(super) fn add(&mut self, events: &StringArray) {
        for event in events.iter().flatten() {
            match self.0.get_mut(event) {
                Some(count) => *count += 1,
                None => {
                    self.0.insert(event.to_string(), 1);
                }
            }
        }
    }

    /// Adds `rows` rows of `event`.
    pub(super) fn add_rows(&mut self, event: &str, rows: u64) {
        *self.0.entry(event.to_string()).or_default() += rows;
    }

    /// The events with at least `rows` rows.
    pub(super) fn at_least(self, rows: u64) -> BTreeSet<String> {
        let frequent = self.0.into_iter().filter(|(_, count)| *count >= rows);
        frequent.map(|(event, _)| event).collect()
    }
}

/// The event column of `batch`; `None` where the table has none.
pub(super) fn events<'a>(
    table: &TableSchema,
    batch: &'a RecordBatch,
) -> Result<Option<&'a StringArray>, Error> {
    let Some(name) = &table.event else {
        return Ok(None);
    };
    let array = column(table, batch, name.as_str())?;
    let texts = array.as_any().downcast_ref::<StringArray>();
    texts.map(Some).ok_or_else(|| Error::Shape {
        table: table.name.to_string(),
        reason: format!("the event column `{name}` is {}", array.data_type()),
    })
}

/// The rows of `batch` by event: those in `pure` apart, the rest together under `None`; order is
/// kept within each.
pub(super) fn split(
    batch: &RecordBatch,
    events: Option<&StringArray>,
    pure: &BTreeSet<String>,
) -> Result<Vec<(Option<String>, RecordBatch)>, Error> {
    let Some(events) = events.filter(|_| !pure.is_empty()) else {
        return Ok(vec![(None, batch.clone())]);
    };
    let mut rows: BTreeMap<Option<&str>, Vec<u32>> = BTreeMap::new();
    for row in 0..events.len() {
        let event = (!events.is_null(row)).then(|| events.value(row));
        let own = event.filter(|e| pure.contains(*e));
        rows.entry(own).or_default().push(row as u32);
    }
    let mut parts = Vec::with_capacity(rows.len());
    for (event, indices) in rows {
        let part = take_record_batch(batch, &UInt32Array::from(indices))?;
        parts.push((event.map(str::to_string), part));
    }
    Ok(parts)
}
