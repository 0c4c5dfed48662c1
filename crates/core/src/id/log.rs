//! Positions: in the log, in time, in a shard's line of owners.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::{ROW_BITS, ROWS_PER_ENTRY_MAX};

/// Position in the one Raft log; 0 is "before everything".
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogIndex(pub u64);

impl LogIndex {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);

    /// The position after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// Raft term.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Term(pub u64);

/// Version of a shard's ownership: grows with every assignment, so that an old owner is refused.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ShardEpoch(pub u64);

/// Number of a published version of one tag, from 1, without gaps.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct TagVersion(pub u64);

/// What `now()` means in an answer: microseconds since 1970-01-01 UTC.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct AsOf(pub i64);

/// Indexes that a [`RowSeq`] can hold are below this.
const INDEX_END: u64 = (1 << 40) - 1;

/// Arrival of a row, stored as the hidden column `_seq`: `log index << 23 | row in entry`.
///
/// Never changes again, also not when the row moves to another person: it is the tie-break of
/// every order by time.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct RowSeq(pub i64);

impl RowSeq {
    /// Packs an index (< 2^40 - 1) and a row (< 2^23); `None` outside.
    pub fn new(index: LogIndex, row: u32) -> Option<Self> {
        if index.0 >= INDEX_END || row >= ROWS_PER_ENTRY_MAX {
            return None;
        }
        Some(Self(((index.0 << ROW_BITS) | u64::from(row)).cast_signed()))
    }

    /// The first arrival that is not visible at `index`: rows at `index` have smaller values.
    pub fn end_of(index: LogIndex) -> Self {
        let end = (index.0 + 1).checked_shl(ROW_BITS).map(u64::cast_signed);
        Self(
            end.filter(|end| *end > 0 && index.0 < INDEX_END)
                .unwrap_or(i64::MAX),
        )
    }

    /// The entry that brought the row.
    pub fn index(self) -> LogIndex {
        LogIndex(self.0.cast_unsigned() >> ROW_BITS)
    }

    /// The row's number in its entry.
    pub fn row(self) -> u32 {
        (self.0.cast_unsigned() & u64::from(ROWS_PER_ENTRY_MAX - 1)) as u32
    }
}

macro_rules! display_inner {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
display_inner!(LogIndex, Term, ShardEpoch, TagVersion, AsOf, RowSeq);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_seq_round_trips_at_its_edges() {
        for (index, row) in [(0, 0), (1, 0), (7, 8_388_607), ((1 << 40) - 2, 8_388_607)] {
            let seq = RowSeq::new(LogIndex(index), row).expect("inside");
            assert_eq!((seq.index().0, seq.row()), (index, row));
            assert!(seq < RowSeq::end_of(LogIndex(index)));
        }
        assert!(RowSeq::new(LogIndex((1 << 40) - 1), 0).is_none());
        assert!(RowSeq::new(LogIndex(1), 1 << 23).is_none());
    }
}
