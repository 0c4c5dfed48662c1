//! When a shard flushes, merges and cleans up, and how it cuts runs.
//!
//! Owns the figures and whether they make sense; does neither.

use std::time::{Duration, Instant};

use tagma_core::limits::{
    FLUSH_BYTES, FLUSH_ROWS, FLUSH_SECONDS, RUNS_PER_LEVEL_MAX, SECTION_ROWS,
};

use super::handle::Shard;
use super::partition::PARTITION_ROWS;

/// Entries without anything for a shard after which it commits a manifest all the same, so that
/// the journal can be trimmed. Many more than there are shards, since each such commit is an entry.
const IDLE_ENTRIES: u64 = 4_096;

const CLEAN_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// Longer than any question takes.
const CLEAN_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Limits of the upkeep of a shard.
#[derive(Debug, Clone)]
pub struct UpkeepLimits {
    /// Rows of one table in memory that are flushed, at least 1.
    pub rows: usize,
    /// Bytes of all tables in memory that are flushed, at least 1.
    pub bytes: usize,
    /// Age of the oldest entry in memory at which it is flushed, above 0.
    pub age: Duration,
    /// Rows of a table of events in the shard from which on it is flushed by month.
    pub partition_rows: u64,
    /// Rows of one event that earn a section of their own.
    pub section_rows: usize,
    /// Runs that a level may hold, at least 1; with one more they are merged.
    pub runs_per_level: usize,
    /// How often the shard's objects are listed for those that nobody reads, above 0.
    pub clean_interval: Duration,
    /// For how long they stay: as long as anybody reads by an older manifest.
    pub clean_window: Duration,
}

impl Default for UpkeepLimits {
    fn default() -> Self {
        Self {
            rows: FLUSH_ROWS,
            bytes: FLUSH_BYTES,
            age: Duration::from_secs(FLUSH_SECONDS),
            partition_rows: PARTITION_ROWS,
            section_rows: SECTION_ROWS,
            runs_per_level: RUNS_PER_LEVEL_MAX,
            clean_interval: CLEAN_INTERVAL,
            clean_window: CLEAN_WINDOW,
        }
    }
}

impl UpkeepLimits {
    /// The first figure that makes no sense: with 0 rows, bytes, or age a shard would flush
    /// without rest, with 0 runs merge one run for ever.
    pub fn fault(&self) -> Option<&'static str> {
        let faults = [
            (self.rows == 0, "0 rows to flush at"),
            (self.bytes == 0, "0 bytes to flush at"),
            (self.age.is_zero(), "an age of 0 to flush at"),
            (self.section_rows == 0, "0 rows to a section"),
            (self.runs_per_level == 0, "0 runs in a level"),
            (self.clean_interval.is_zero(), "0 s between clean-ups"),
        ];
        let mut faults = faults.into_iter();
        faults.find(|(wrong, _)| *wrong).map(|(_, what)| what)
    }

    /// Whether `shard` is to flush at `now`.
    pub fn reached(&self, shard: &Shard, now: Instant) -> bool {
        let state = shard.state();
        if state.unflushed == 0 {
            return state.applied.0 - state.flushed.0 >= IDLE_ENTRIES;
        }
        let old = shard
            .unflushed_since()
            .is_some_and(|since| now.saturating_duration_since(since) >= self.age);
        let large = state
            .tables
            .values()
            .any(|table| table.hot_rows() >= self.rows);
        old || large || state.hot_bytes() >= self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_never_rest_are_named() {
        let usual = UpkeepLimits::default();
        assert_eq!(usual.fault(), None);
        let wrong = UpkeepLimits {
            runs_per_level: 0,
            ..usual.clone()
        };
        assert_eq!(wrong.fault(), Some("0 runs in a level"));
        let wrong = UpkeepLimits {
            age: Duration::ZERO,
            ..usual
        };
        assert_eq!(wrong.fault(), Some("an age of 0 to flush at"));
    }
}
