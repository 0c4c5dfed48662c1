//! Flags that make a server write to files sooner than anybody wants in production.
//!
//! Hidden from help: tests use them to see flushes, merges, checkpoints and snapshots with few
//! rows. What is not given stays as it is; the roles refuse figures that make no sense.

use std::time::Duration;

use crate::args::parse_duration;

/// Limits of a worker.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WorkerTuning {
    /// Rows of one table in the memory of a shard that it flushes
    #[arg(long, value_name = "N", hide = true)]
    flush_rows: Option<usize>,
    /// Age at which it flushes what it holds in memory
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    flush_interval: Option<Duration>,
    /// Runs that a level may hold; with one more they are merged
    #[arg(long, value_name = "N", hide = true)]
    compact_runs: Option<usize>,
    /// How often a shard's objects that nobody reads are looked for
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    clean_shard_interval: Option<Duration>,
    /// For how long they stay
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    clean_shard_window: Option<Duration>,
}

impl WorkerTuning {
    /// Changes what was given.
    pub(super) fn set(&self, settings: &mut tagma_worker::Settings) {
        let limits = &mut settings.upkeep;
        limits.rows = self.flush_rows.unwrap_or(limits.rows);
        limits.age = self.flush_interval.unwrap_or(limits.age);
        limits.runs_per_level = self.compact_runs.unwrap_or(limits.runs_per_level);
        limits.clean_interval = self.clean_shard_interval.unwrap_or(limits.clean_interval);
        limits.clean_window = self.clean_shard_window.unwrap_or(limits.clean_window);
    }
}

/// Limits of a coordinator.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct CoordinatorTuning {
    /// Identifiers in memory at which the identity map is written to files
    #[arg(long, value_name = "N", hide = true)]
    checkpoint_identifiers: Option<usize>,
    /// Entries after which it is written even with few identifiers
    #[arg(long, value_name = "N", hide = true)]
    checkpoint_entries: Option<u64>,
    /// How often that is looked at
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    checkpoint_interval: Option<Duration>,
    /// How often objects that nothing names are looked for
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    clean_interval: Option<Duration>,
    /// For how long they stay
    #[arg(long, value_name = "TIME", value_parser = parse_duration, hide = true)]
    clean_window: Option<Duration>,
    /// Entries of the Raft log after which a snapshot takes their place
    #[arg(long, value_name = "N", hide = true)]
    snapshot_entries: Option<u64>,
}

impl CoordinatorTuning {
    /// Changes what was given.
    pub(super) fn set(&self, settings: &mut tagma_coordinator::Settings) {
        let limits = &mut settings.checkpoint;
        limits.identifiers = self.checkpoint_identifiers.unwrap_or(limits.identifiers);
        limits.entries = self.checkpoint_entries.unwrap_or(limits.entries);
        limits.interval = self.checkpoint_interval.unwrap_or(limits.interval);
        let clean = &mut settings.clean;
        clean.interval = self.clean_interval.unwrap_or(clean.interval);
        clean.window = self.clean_window.unwrap_or(clean.window);
        let entries = self.snapshot_entries;
        settings.snapshot_entries = entries.unwrap_or(settings.snapshot_entries);
    }
}
