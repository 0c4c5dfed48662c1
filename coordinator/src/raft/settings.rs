//! Settings of one node, and what they are called in openraft.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use openraft::{Config, SnapshotPolicy};

use super::error::{Error, Result};

/// Time to send a whole snapshot, ms: openraft's own is 200 ms.
const SNAPSHOT_SEND_MS: u64 = 120_000;

/// Entries behind which a follower gets a snapshot instead, beyond the snapshot interval.
const LAG_BEYOND_SNAPSHOT: u64 = 3_000;

/// Entries removed from the log at once.
const PURGE_BATCH: u64 = 64;

/// Waits between attempts to reach a node: a restarted one is caught up within half a second.
const BACKOFF: &str = "100ms 200ms ...500ms";

/// Settings of one node.
#[derive(Debug, Clone)]
pub struct RaftSettings {
    /// The cluster's name; calls and files of another one are refused.
    pub cluster_id: String,
    /// This node's number. Never give the number of a node whose folder is lost to an empty one:
    /// it would vote twice in one term.
    pub node_id: u64,
    /// Voters of a new cluster and their addresses (`host:port`), this node among them.
    pub members: BTreeMap<u64, String>,
    /// Folder of log and snapshots; created if missing.
    pub folder: PathBuf,
    /// Interval of the leader's heartbeats.
    pub heartbeat: Duration,
    /// Least silence, on top of `election_max`, before a follower stands for election.
    pub election_min: Duration,
    /// Greatest such silence; also the leader's lease.
    pub election_max: Duration,
    /// Time after which the outcome of a proposal is unknown.
    pub propose_timeout: Duration,
    /// Entries after which a snapshot is made.
    pub snapshot_entries: u64,
    /// Entries kept in the log behind a snapshot.
    pub kept_entries: u64,
}

impl RaftSettings {
    /// Settings with Tagma's own times: heartbeat 100 ms, election 400 to 800 ms.
    pub fn new(
        cluster_id: impl Into<String>,
        node_id: u64,
        members: BTreeMap<u64, String>,
        folder: impl Into<PathBuf>,
    ) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            node_id,
            members,
            folder: folder.into(),
            heartbeat: Duration::from_millis(100),
            election_min: Duration::from_millis(400),
            election_max: Duration::from_millis(800),
            propose_timeout: Duration::from_secs(10),
            snapshot_entries: 5_000,
            kept_entries: 1_000,
        }
    }

    /// openraft's configuration. Besides the figures: a node asks whether it would be elected
    /// before it disturbs a leader (pre-vote); a restarted leader has to be elected again; a
    /// leader without quorum falls silent long enough for another to be elected; a log that went
    /// back is never accepted.
    pub(super) fn config(&self) -> Result<Arc<Config>> {
        let election_max = millis(self.election_max);
        let config = Config {
            cluster_name: self.cluster_id.clone(),
            heartbeat_interval: millis(self.heartbeat),
            election_timeout_min: millis(self.election_min),
            election_timeout_max: election_max,
            install_snapshot_timeout: SNAPSHOT_SEND_MS,
            replication_lag_threshold: self.snapshot_entries + LAG_BEYOND_SNAPSHOT,
            snapshot_policy: SnapshotPolicy::LogsSinceLast(self.snapshot_entries),
            max_in_snapshot_log_to_keep: self.kept_entries,
            purge_batch_size: PURGE_BATCH,
            quorum_loss_probe_interval: Some(2 * election_max),
            enable_pre_vote: Some(true),
            enable_leader_restore: Some(false),
            allow_log_reversion: Some(false),
            backoff: BACKOFF.into(),
            ..Config::default()
        };
        let wrong = |error| Error::Settings {
            what: format!("{error}"),
        };
        Ok(Arc::new(config.validate().map_err(wrong)?))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_that_lose_data_by_default_are_set() {
        let settings = RaftSettings::new("c", 1, BTreeMap::new(), "/tmp");
        let config = settings.config().expect("valid");
        assert_eq!(config.enable_pre_vote, Some(true));
        assert_eq!(config.enable_leader_restore, Some(false));
        assert_eq!(config.quorum_loss_probe_interval, Some(1_600));
        assert!(config.replication_lag_threshold > settings.snapshot_entries);
    }

    #[test]
    fn an_election_faster_than_heartbeats_is_refused() {
        let mut settings = RaftSettings::new("c", 1, BTreeMap::new(), "/tmp");
        settings.election_min = Duration::from_millis(50);
        let error = settings.config().expect_err("refused");
        assert_eq!(error.kind(), tagma_core::ErrorKind::Invalid);
    }
}
