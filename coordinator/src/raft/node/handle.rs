//! The handle itself.

use std::sync::Arc;
use std::time::Duration;

use openraft::async_runtime::WatchReceiver;
use openraft::errors::{InitializeError, RaftError};
use parking_lot::Mutex;
use tagma_core::LogIndex;
use tagma_core::catalog::Catalog;
use tokio::sync::watch;
use tokio::time::timeout;

use super::leadership::Leadership;
use super::runtime::RaftRuntime;
use crate::raft::error::{Error, Result, chain};
use crate::raft::log_store::LogStore;
use crate::raft::network::{LeaderHeard, Peers, RaftServer, Receiver, server};
use crate::raft::settings::RaftSettings;
use crate::raft::state_machine::{Feed, Published};
use crate::raft::types::{Peer, Raft};

/// Time for another node to take over before this one stops anyway.
const HAND_OVER_TIME: Duration = Duration::from_secs(2);

/// A running node; clones share it. When the last one is dropped it stops without ceremony, as in
/// a crash.
#[derive(Clone)]
pub struct RaftNode {
    inner: Arc<Inner>,
}

/// What the clones share.
pub(super) struct Inner {
    pub(super) settings: RaftSettings,
    pub(super) raft: Raft,
    pub(super) published: Arc<Published>,
    pub(super) leadership: watch::Receiver<Leadership>,
    pub(super) peers: Box<dyn Peers>,
    pub(super) heard: Arc<LeaderHeard>,
    /// Let go when the node stops, so that the file can be opened again.
    pub(super) log: Mutex<Option<LogStore>>,
    pub(super) runtime: RaftRuntime,
}

impl RaftNode {
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Makes the configured voters a cluster if this node has never been part of one. Every voter
    /// may call it, in any order, with the same members; later calls change nothing.
    ///
    /// # Errors
    /// `Settings` if this node is not among the members, `Stopped`.
    pub async fn bootstrap(&self) -> Result<()> {
        let settings = self.settings();
        if !settings.members.contains_key(&settings.node_id) {
            let what = format!("node {} is not among the members", settings.node_id);
            return Err(Error::Settings { what });
        }
        let peers = settings.members.iter();
        let members = peers.map(|(id, address)| {
            (
                *id,
                Peer {
                    address: address.clone(),
                },
            )
        });
        let members: std::collections::BTreeMap<_, _> = members.collect();
        match self.raft().initialize(members).await {
            Ok(()) | Err(RaftError::APIError(InitializeError::NotAllowed(_))) => Ok(()),
            Err(RaftError::APIError(error)) => Err(Error::Settings {
                what: chain(&error),
            }),
            Err(RaftError::Fatal(fatal)) => Err(Error::Stopped {
                reason: chain(&fatal),
            }),
        }
    }

    /// The catalog as of the last published entry.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.inner.published.catalog()
    }

    /// The applied index. The catalog is never older.
    pub fn applied(&self) -> watch::Receiver<LogIndex> {
        self.inner.published.applied()
    }

    /// Entries applied from now on; see [`Feed`] for how not to miss any.
    pub fn subscribe(&self) -> Feed {
        self.inner.published.subscribe()
    }

    /// Who leads.
    pub fn leadership(&self) -> watch::Receiver<Leadership> {
        self.inner.leadership.clone()
    }

    /// The service for other coordinators' calls.
    pub fn service(&self) -> RaftServer {
        server(self.receiver())
    }

    /// The settings it was started with.
    pub fn settings(&self) -> &RaftSettings {
        &self.inner.settings
    }

    pub(crate) fn receiver(&self) -> Receiver {
        let settings = self.settings();
        let (raft, heard) = (self.raft().clone(), self.inner.heard.clone());
        Receiver::new(&settings.cluster_id, settings.node_id, raft, heard)
    }

    pub(super) fn raft(&self) -> &Raft {
        &self.inner.raft
    }

    pub(super) fn peers(&self) -> &dyn Peers {
        self.inner.peers.as_ref()
    }

    pub(super) fn heard(&self) -> &LeaderHeard {
        &self.inner.heard
    }

    /// Stops the node: a leader hands over first where there is another voter. Proposals under way
    /// end as `Unknown`. Returns once the files are closed.
    ///
    /// # Errors
    /// `Stopped` if the consensus had failed before, `Log` if the last write failed.
    pub async fn shutdown(&self) -> Result<()> {
        self.hand_over().await;
        self.stop().await
    }

    /// Stops without handing over.
    pub(crate) async fn stop(&self) -> Result<()> {
        let stopped = self.raft().shutdown().await;
        let log = self.inner.log.lock().take();
        let flushed = match log {
            Some(log) => log.flush().await,
            None => Ok(()),
        };
        self.inner.runtime.stop().await;
        stopped.map_err(|error| Error::Stopped {
            reason: chain(&error),
        })?;
        flushed
    }

    /// Lets the voter with the longest log take over; gives up after a while.
    async fn hand_over(&self) {
        let Some(successor) = self.successor() else {
            return;
        };
        let mut leadership = self.leadership();
        if self
            .raft()
            .trigger()
            .transfer_leader(successor)
            .await
            .is_err()
        {
            return;
        }
        let taken = timeout(HAND_OVER_TIME, leadership.wait_for(|now| !now.is_leader)).await;
        if taken.is_err() {
            tracing::warn!(successor, "nobody took over in time");
        }
    }

    /// Who should take over; `None` if this node does not lead or is alone.
    fn successor(&self) -> Option<u64> {
        let metrics = self.raft().metrics();
        let metrics = metrics.borrow_watched();
        let replication = metrics.replication.as_ref()?;
        let voters = metrics
            .membership_config
            .voter_ids()
            .filter(|id| *id != metrics.id);
        voters.max_by_key(|id| replication.get(id).copied().flatten())
    }
}
