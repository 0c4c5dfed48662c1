//! Settings of one coordinator.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use tagma_core::limits::{RETENTION_SECONDS_DEFAULT, SHARDS_DEFAULT};

/// Settings, validated by [`crate::Coordinator::start`].
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the cluster, the same on every node.
    pub cluster: String,
    /// This node's number, one of `members`.
    pub node: u64,
    /// Voters and where others reach them (`http://host:port`).
    pub members: BTreeMap<u64, String>,
    /// Folder of log, snapshots and identity files; this process alone uses it.
    pub data: PathBuf,
    /// Shards of a new cluster, 1 to 32,767.
    pub shards: u16,
    /// IANA name of a new cluster's zone.
    pub zone: String,
    /// For how long an index stays readable.
    pub retention: Duration,
    /// When the identity map is written to files.
    pub checkpoint: CheckpointLimits,
    /// When objects that nothing names are deleted.
    pub clean: CleanLimits,
    /// Entries of the log after which it is replaced by a snapshot, at least 1; a fifth of them
    /// is kept behind it.
    pub snapshot_entries: u64,
}

/// When an identity checkpoint is made.
#[derive(Debug, Clone, Copy)]
pub struct CheckpointLimits {
    /// Identifiers in memory that make it worth its cost, at least 1.
    pub identifiers: usize,
    /// Entries after which it is made even with few identifiers, so that the journal can go; at
    /// least 1.
    pub entries: u64,
    /// How often that is looked at, above 0.
    pub interval: Duration,
}

impl Default for CheckpointLimits {
    fn default() -> Self {
        Self {
            identifiers: 262_144,
            entries: 10_000,
            interval: Duration::from_secs(5),
        }
    }
}

/// When objects that nothing names are deleted.
#[derive(Debug, Clone, Copy)]
pub struct CleanLimits {
    /// How often the store is listed, above 0.
    pub interval: Duration,
    /// For how long an object must have been without a name: as long as anybody reads by an
    /// older catalog.
    pub window: Duration,
}

impl Default for CleanLimits {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(15 * 60),
            window: Duration::from_secs(60 * 60),
        }
    }
}

impl Settings {
    /// A cluster of one coordinator at `address`, with defaults.
    pub fn single(data: PathBuf, address: String) -> Self {
        Self {
            cluster: "tagma".to_owned(),
            node: 1,
            members: BTreeMap::from([(1, address)]),
            data,
            shards: SHARDS_DEFAULT,
            zone: "UTC".to_owned(),
            retention: Duration::from_secs(RETENTION_SECONDS_DEFAULT),
            checkpoint: CheckpointLimits::default(),
            clean: CleanLimits::default(),
            snapshot_entries: 5_000,
        }
    }

    /// The first figure that makes no sense.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let checkpoint = &self.checkpoint;
        let faults = [
            (checkpoint.identifiers == 0, "0 identifiers to a checkpoint"),
            (checkpoint.entries == 0, "0 entries to a checkpoint"),
            (checkpoint.interval.is_zero(), "0 s between checkpoints"),
            (self.clean.interval.is_zero(), "0 s between clean-ups"),
            (self.snapshot_entries == 0, "0 entries to a snapshot"),
        ];
        let mut faults = faults.into_iter();
        faults.find(|(wrong, _)| *wrong).map(|(_, what)| what)
    }
}
