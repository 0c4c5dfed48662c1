//! What workers have applied, and the index at which a plain read runs.
//!
//! The served index S is the minimum over shards of what the shard's owner has applied under its
//! current epoch. Every coordinator hears every worker's heartbeats and works it out for itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use parking_lot::Mutex;
use tagma_core::{LogIndex, NodeId, ShardEpoch, ShardId, catalog::Catalog};
use tokio::{sync::watch, time::Instant};

/// Silence after which a worker counts as gone.
pub(crate) const WORKER_SILENCE: Duration = Duration::from_millis(2_000);

/// What heartbeats have told.
#[derive(Debug)]
pub(crate) struct Served {
    reports: Mutex<Reports>,
    served: watch::Sender<LogIndex>,
}

#[derive(Debug, Default)]
struct Reports {
    heard: BTreeMap<NodeId, Instant>,
    progress: BTreeMap<ShardId, Progress>,
}

/// A shard's state at its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Who reports.
    pub(crate) node: NodeId,
    /// Under which epoch.
    pub(crate) epoch: ShardEpoch,
    /// Applied up to here.
    pub(crate) applied: LogIndex,
    /// Bytes not yet flushed.
    pub(crate) hot_bytes: u64,
    /// Why it stands still; `None`: it does not.
    pub(crate) stopped: Option<String>,
}

impl Served {
    /// Nothing has been heard.
    pub(crate) fn new() -> Self {
        Self {
            reports: Mutex::default(),
            served: watch::Sender::new(LogIndex::ZERO),
        }
    }

    /// Takes a worker's report and moves the served index.
    pub(crate) fn report(
        &self,
        node: NodeId,
        shards: impl IntoIterator<Item = (ShardId, Progress)>,
        catalog: &Catalog,
    ) {
        let mut reports = self.reports.lock();
        reports.heard.insert(node, Instant::now());
        for (shard, progress) in shards {
            let known = reports.progress.get(&shard);
            if known.is_none_or(|known| known.epoch <= progress.epoch) {
                reports.progress.insert(shard, progress);
            }
        }
        let served = reports.served(catalog);
        drop(reports);
        self.served.send_if_modified(|current| {
            let moved = served > *current;
            *current = served.max(*current);
            moved
        });
    }

    /// The served index, to read or to wait on; it never goes back.
    pub(crate) fn watch(&self) -> watch::Receiver<LogIndex> {
        self.served.subscribe()
    }

    /// Workers heard of lately.
    pub(crate) fn live_workers(&self) -> BTreeSet<NodeId> {
        let reports = self.reports.lock();
        let lately = |at: &Instant| at.elapsed() < WORKER_SILENCE;
        reports
            .heard
            .iter()
            .filter(|(_, at)| lately(at))
            .map(|(node, _)| *node)
            .collect()
    }

    /// The last report of a shard's owner.
    pub(crate) fn progress(&self, shard: ShardId) -> Option<Progress> {
        self.reports.lock().progress.get(&shard).cloned()
    }
}

impl Reports {
    fn served(&self, catalog: &Catalog) -> LogIndex {
        let applied = |(shard, assignment): (&ShardId, &tagma_core::catalog::Assignment)| {
            let progress = self.progress.get(shard)?;
            let current = progress.epoch == assignment.epoch;
            current.then_some(progress.applied)
        };
        let shards: Option<Vec<LogIndex>> = catalog.shards.iter().map(applied).collect();
        shards
            .and_then(|s| s.into_iter().min())
            .unwrap_or_default()
            .min(catalog.applied)
    }
}
