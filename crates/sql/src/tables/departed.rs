//! `Departed`: rows that have left a shard's people for others, and from when on.
//!
//! Stored rows never change: a row that moves appears elsewhere with `_from` and stays where it
//! was. Owns the rule by which readers leave it out; compaction drops it in the end.

use std::collections::BTreeMap;

use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::error::ArrowError;
use serde::{Deserialize, Serialize};
use tagma_core::id::RowSeq;
use tagma_core::{LogIndex, OneId};

use crate::arrow_types::{FROM, ONEID, ORIGIN, SEQ};
use crate::columns::numbers;

/// Rows that left one person at one index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// From this index on they are elsewhere.
    pub at: LogIndex,
    /// Those that came in under these OneIDs; `None`: under any.
    pub origins: Option<Vec<OneId>>,
    /// Those that arrived before this `_seq`; `None`: whenever.
    #[serde(default)]
    pub below: Option<i64>,
}

/// A row, as far as departures ask.
#[derive(Debug, Clone, Copy)]
struct Row {
    oneid: i64,
    seq: i64,
    /// The OneID that it came in under.
    origin: i64,
    /// Index from which it is visible here.
    from: LogIndex,
}

/// What left whom, by OneID.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Departed(BTreeMap<OneId, Vec<Left>>);

impl Departed {
    /// Whether nothing ever left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Rows of `person` leave.
    pub fn leave(&mut self, person: OneId, left: Left) {
        self.0.entry(person).or_default().push(left);
    }

    /// Whether a row is elsewhere at `index`.
    fn hides(&self, row: Row, index: LogIndex) -> bool {
        let person = OneId::from_i64(row.oneid);
        let departures = person.and_then(|person| self.0.get(&person));
        departures.is_some_and(|departures| {
            departures.iter().any(|left| {
                let by_origin = |all: &Vec<OneId>| all.iter().any(|o| o.get() == row.origin);
                let is_meant = left.origins.as_ref().is_none_or(by_origin)
                    && left.below.is_none_or(|below| row.seq < below);
                is_meant && row.from < left.at && left.at <= index
            })
        })
    }

    /// The rows of `batch` that are here at `index`; it needs the hidden columns, in OneID order
    /// or not.
    ///
    /// # Errors
    /// `SchemaError` where a hidden column is missing.
    pub fn staying(&self, batch: RecordBatch, index: LogIndex) -> Result<RecordBatch, ArrowError> {
        let oneids = numbers(&batch, ONEID)?;
        if !self.concerns(oneids.values()) {
            return Ok(batch);
        }
        let (seqs, froms) = (numbers(&batch, SEQ)?, numbers(&batch, FROM)?);
        let origins = numbers(&batch, ORIGIN)?;
        let stays = (0..batch.num_rows()).map(|row| {
            let (oneid, seq) = (oneids.value(row), seqs.value(row));
            let from = match froms.is_valid(row) {
                true => LogIndex(froms.value(row).cast_unsigned()),
                false => RowSeq(seq).index(),
            };
            let origin = match origins.is_valid(row) {
                true => origins.value(row),
                false => oneid,
            };
            let row = Row {
                oneid,
                seq,
                origin,
                from,
            };
            Some(!self.hides(row, index))
        });
        let stays: BooleanArray = stays.collect();
        match stays.true_count() == batch.num_rows() {
            true => Ok(batch),
            false => filter_record_batch(&batch, &stays),
        }
    }

    /// Whether anybody between the least and the greatest of `oneids` has lost rows.
    fn concerns(&self, oneids: &[i64]) -> bool {
        let bound = |raw: Option<&i64>| raw.and_then(|raw| OneId::from_i64(*raw));
        let (least, greatest) = (oneids.iter().min(), oneids.iter().max());
        match (bound(least), bound(greatest)) {
            (Some(least), Some(greatest)) => self.0.range(least..=greatest).next().is_some(),
            // Rows of nobody have OneID 0.
            (None, Some(greatest)) => self.0.range(..=greatest).next().is_some(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;

    fn person(ordinal: i64) -> OneId {
        OneId::from_i64((1 << 32) + ordinal).expect("a OneID")
    }

    fn rows(rows: &[(i64, u64, Option<i64>, Option<i64>)]) -> RecordBatch {
        let seq = |index: u64| RowSeq::new(LogIndex(index), 0).expect("in range").0;
        let columns: [(&str, ArrayRef); 4] = [
            (
                ONEID,
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.0))),
            ),
            (
                SEQ,
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| seq(r.1)))),
            ),
            (
                FROM,
                Arc::new(rows.iter().map(|r| r.2).collect::<Int64Array>()),
            ),
            (
                ORIGIN,
                Arc::new(rows.iter().map(|r| r.3).collect::<Int64Array>()),
            ),
        ];
        RecordBatch::try_from_iter(columns).expect("a batch")
    }

    #[test]
    fn rows_leave_by_person_origin_and_index() {
        let [a, b, c] = [1, 2, 3].map(person);
        let mut departed = Departed::default();
        assert!(departed.is_empty());
        // All of `a` at 10; of `b` those that came in under `c`, at 20.
        departed.leave(
            a,
            Left {
                at: LogIndex(10),
                origins: None,
                below: None,
            },
        );
        let origins = Some(vec![c]);
        departed.leave(
            b,
            Left {
                at: LogIndex(20),
                origins,
                below: None,
            },
        );
        let batch = rows(&[
            (a.get(), 5, None, None),
            (a.get(), 5, Some(12), None),
            (a.get(), 11, None, Some(c.get())),
            (b.get(), 5, None, None),
            (b.get(), 5, Some(7), Some(c.get())),
            (b.get(), 5, Some(21), Some(c.get())),
        ]);
        let left_at = |index| {
            let staying = departed.staying(batch.clone(), LogIndex(index));
            staying.expect("has its columns").num_rows()
        };
        assert_eq!([9, 10, 19, 20, 99].map(left_at), [6, 5, 5, 4, 4]);
        let others = rows(&[(person(9).get(), 5, None, None), (0, 1, None, None)]);
        let kept = departed
            .staying(others, LogIndex(99))
            .expect("has its columns");
        assert_eq!(kept.num_rows(), 2);
    }

    #[test]
    fn rows_leave_by_arrival_while_their_person_stays() {
        let a = person(1);
        let mut departed = Departed::default();
        let below = RowSeq::new(LogIndex(6), 0).map(|seq| seq.0);
        let left = |at, below| Left {
            at: LogIndex(at),
            origins: None,
            below,
        };
        departed.leave(a, left(10, below));
        departed.leave(a, left(20, None));
        let batch = rows(&[(a.get(), 5, None, None), (a.get(), 6, None, None)]);
        let left_at = |index| {
            let staying = departed.staying(batch.clone(), LogIndex(index));
            staying.expect("has its columns").num_rows()
        };
        assert_eq!([9, 10, 19, 20].map(left_at), [2, 1, 1, 0]);
    }
}
