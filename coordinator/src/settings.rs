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
        }
    }
}
