//! `Days`: on which UTC day each index was committed, without a day per identifier.
//!
//! Entries carry the index at which they were attached, and stamps never go backwards: one pair
//! per day on which identity changed tells the day of any of them. Limits with a window ask.

use std::sync::Arc;

use tagma_core::{LogIndex, time::MICROS_PER_DAY};

use crate::codec::{Reader, Short};

/// The day of a stamp in UTC microseconds: days since 1970-01-01.
pub fn utc_day(micros: i64) -> i32 {
    // An i64 of microseconds is less than 107 million days.
    micros.div_euclid(MICROS_PER_DAY) as i32
}

/// The first index of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    index: LogIndex,
    /// Days since 1970-01-01 UTC.
    day: i32,
}

/// Days by the first index that was committed on each; both ascend. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Days {
    starts: Arc<Vec<Start>>,
}

impl Days {
    /// An entry was committed at `index`, newer than all before, on `day`.
    ///
    /// A day before the newest one counts as the newest: stamps never go backwards.
    pub(crate) fn add(&mut self, index: LogIndex, day: i32) {
        if self.starts.last().is_none_or(|last| last.day < day) {
            Arc::make_mut(&mut self.starts).push(Start { index, day });
        }
    }

    /// The day of an index; one before the first known day is as old as can be.
    pub(crate) fn day_of(&self, index: LogIndex) -> i32 {
        let later = self.starts.partition_point(|start| start.index <= index);
        let start = later.checked_sub(1).map(|at| self.starts[at]);
        start.map_or(i32::MIN, |start| start.day)
    }

    /// Number of days u64, then for each: day i32, zero u32, index u64.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = (self.starts.len() as u64).to_le_bytes().to_vec();
        for start in self.starts.iter() {
            bytes.extend_from_slice(&start.day.to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
            bytes.extend_from_slice(&start.index.0.to_le_bytes());
        }
        bytes
    }

    /// The inverse of `encode`; `None` where the numbers do not fit together.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Option<Self>, Short> {
        let count = reader.u64()?;
        let mut starts: Vec<Start> = Vec::new();
        for _ in 0..count {
            let start = Start {
                day: i32::from_le_bytes(reader.array()?),
                index: LogIndex(match reader.u32()? {
                    0 => reader.u64()?,
                    _ => return Ok(None),
                }),
            };
            let later = |last: &Start| last.day < start.day && last.index < start.index;
            if !starts.last().is_none_or(later) {
                return Ok(None);
            }
            starts.push(start);
        }
        Ok(Some(Self {
            starts: Arc::new(starts),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_utc_midnight_before_1970_too() {
        let stamps = [
            0,
            MICROS_PER_DAY - 1,
            MICROS_PER_DAY,
            -1,
            i64::MAX,
            i64::MIN,
        ];
        let days = [0, 0, 1, -1, 106_751_991, -106_751_992];
        assert_eq!(stamps.map(utc_day), days);
    }

    #[test]
    fn an_index_has_the_day_of_the_newest_start_before_it() {
        let mut days = Days::default();
        for (index, day) in [(3, -2), (4, -2), (9, 5), (11, 4), (12, 6)] {
            days.add(LogIndex(index), day);
        }
        let found = [2, 3, 8, 9, 11, 12, 99].map(|index| days.day_of(LogIndex(index)));
        assert_eq!(found, [i32::MIN, -2, -2, 5, 5, 6, 6]);
        assert_eq!(days.starts.len(), 3);
        let bytes = days.encode();
        assert_eq!(Days::decode(&mut Reader::new(&bytes)), Ok(Some(days)));
    }

    #[test]
    fn days_that_go_back_and_short_bytes_are_refused() {
        let mut days = Days::default();
        days.add(LogIndex(3), 7);
        days.add(LogIndex(4), 8);
        let bytes = days.encode();
        for length in 0..bytes.len() {
            assert_eq!(Days::decode(&mut Reader::new(&bytes[..length])), Err(Short));
        }
        for (at, value) in [(8, 9), (12, 1), (16, 5)] {
            let mut changed = bytes.clone();
            changed[at] = value;
            assert_eq!(Days::decode(&mut Reader::new(&changed)), Ok(None), "{at}");
        }
    }
}
