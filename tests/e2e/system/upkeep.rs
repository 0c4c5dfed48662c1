//! Flush, merge of runs, checkpoints, snapshots: kept away, or brought about and waited for.

use anyhow::{Result, ensure};
use tagma_tests::harness::wait_until;

use super::site::Site;

/// Flags with which everything stays in memory and in the journal.
pub(super) const MEMORY: &[&str] = &["--flush-interval", "1h"];

/// Flags with which rows, people, identifiers and catalog soon leave memory, and two runs of a
/// table are merged.
pub(super) const FILES: &[&str] = &[
    "--flush-rows",
    "40",
    "--flush-interval",
    "100ms",
    "--compact-runs",
    "1",
    "--checkpoint-identifiers",
    "50",
    "--checkpoint-entries",
    "20",
    "--checkpoint-interval",
    "100ms",
    "--snapshot-entries",
    "30",
];

impl Site<'_> {
    /// Nothing has been flushed so far.
    pub(super) fn check_unflushed(&self) -> Result<()> {
        let status = self.line.status()?;
        let flushed = status.shards.iter().map(|shard| shard.flushed_log_index);
        let flushed: Vec<u64> = flushed.collect();
        ensure!(flushed.len() == usize::from(self.shards), "{flushed:?}");
        ensure!(flushed.iter().all(|index| *index == 0), "{flushed:?}");
        Ok(())
    }

    /// Waits until every shard has written files.
    pub(super) fn wait_flushed(&self) -> Result<()> {
        wait_until("every shard flushes", || {
            let status = self.line.status()?;
            let lag = status.shards.iter().filter(|s| s.flushed_log_index == 0);
            let flushes = self.server.metric("tagma_worker_flush_seconds_count")?;
            Ok(match lag.count() {
                0 if flushes >= f64::from(self.shards) => Ok(()),
                lag => Err(format!("{lag} shards without files, {flushes} flushes")),
            })
        })
    }

    /// Waits until runs have been merged as often as there are shards, since the server's start:
    /// new people come to all of them, so that each has another run of identifiers.
    pub(super) fn wait_merged(&self) -> Result<()> {
        wait_until("runs are merged", || {
            let merges = self
                .server
                .metric("tagma_worker_compaction_seconds_count")?;
            Ok(match merges >= f64::from(self.shards) {
                true => Ok(()),
                false => Err(format!("{merges} merges")),
            })
        })
    }
}
