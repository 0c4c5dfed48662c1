//! Nodes in temporary folders, and waiting for what they should come to.

use std::collections::BTreeMap;
use std::time::Duration;

use tagma_core::catalog::{Catalog, Command, CreateCluster, Entry, Outcome};
use tagma_core::{LogIndex, Term};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::raft::network::direct::Switch;
use crate::raft::node::{Applied, Leadership, ProposeError, RaftNode};
use crate::raft::settings::RaftSettings;

/// More than anything here may ever take; a test that waits for it has failed.
pub(super) const LONG: Duration = Duration::from_secs(60);

/// Three places for nodes.
pub(super) struct Cluster {
    folder: TempDir,
    pub(super) switch: Switch,
    pub(super) nodes: BTreeMap<u64, RaftNode>,
    snapshot_entries: u64,
    kept_entries: u64,
}

impl Cluster {
    /// No node runs yet.
    pub(super) fn new() -> Self {
        Self::with_snapshots(5_000, 1_000)
    }

    /// Snapshots each so many entries, keeping so many.
    pub(super) fn with_snapshots(snapshot_entries: u64, kept_entries: u64) -> Self {
        Self {
            folder: TempDir::new().expect("temporary folder"),
            switch: Switch::default(),
            nodes: BTreeMap::new(),
            snapshot_entries,
            kept_entries,
        }
    }

    /// Three nodes with a leader.
    pub(super) async fn started() -> Self {
        let mut cluster = Self::new();
        for id in 1..=3 {
            cluster.start(id).await;
        }
        cluster.bootstrap([1, 2, 3]).await;
        cluster.leader().await;
        cluster
    }

    /// Starts, or starts again, a node.
    pub(super) async fn start(&mut self, id: u64) {
        let members = (1..=3).map(|id| (id, format!("node-{id}"))).collect();
        let folder = self.folder.path().join(id.to_string());
        let mut settings = RaftSettings::new("test", id, members, folder);
        settings.snapshot_entries = self.snapshot_entries;
        settings.kept_entries = self.kept_entries;
        relax(&mut settings);
        let transport = self.switch.transport(id);
        let node = RaftNode::start_over(settings, transport)
            .await
            .expect("starts");
        self.switch.plug(id, node.receiver());
        self.nodes.insert(id, node);
    }

    /// Bootstraps these nodes, one after the other.
    pub(super) async fn bootstrap(&self, ids: impl IntoIterator<Item = u64>) {
        for id in ids {
            self.nodes[&id].bootstrap().await.expect("bootstraps");
        }
    }

    /// A node is gone at once, without a word to the others.
    pub(super) async fn kill(&mut self, id: u64) {
        self.switch.unplug(id);
        let node = self.nodes.remove(&id).expect("runs");
        node.stop().await.expect("stops");
    }

    /// A node that leads, in a term whose first entry it has applied.
    pub(super) async fn leader(&self) -> (u64, Term) {
        self.leader_other_than(0).await
    }

    /// As [`Cluster::leader`], but not node `other`.
    pub(super) async fn leader_other_than(&self, other: u64) -> (u64, Term) {
        let nodes = self.nodes.iter().filter(|(id, _)| **id != other);
        let leads = nodes.map(|(id, node)| {
            Box::pin(async move {
                let leads = |now: &Leadership| now.is_leader && now.first_index_of_term.is_some();
                (*id, until(&mut node.leadership(), leads).await.term)
            })
        });
        futures::future::select_all(leads).await.0
    }

    /// Waits until every running node has applied `index`, and checks that they agree.
    pub(super) async fn agree_at(&self, index: LogIndex) {
        for node in self.nodes.values() {
            until(&mut node.applied(), |applied| *applied >= index).await;
        }
        let mut catalogs = self.nodes.values().map(|node| node.catalog());
        let first = catalogs.next().expect("a node");
        assert!(
            catalogs.all(|catalog| catalog == first),
            "the nodes disagree"
        );
    }
}

/// Times for a machine that is busy with other tests.
pub(super) fn relax(settings: &mut RaftSettings) {
    settings.election_min = Duration::from_secs(1);
    settings.election_max = Duration::from_secs(2);
    settings.propose_timeout = Duration::from_secs(20);
}

/// Proposes, again where the leader asks for it: that refusal is definite.
pub(super) async fn propose(node: &RaftNode, entry: &Entry, term: Option<Term>) -> Applied {
    loop {
        match node.propose(entry, term).await {
            Ok(applied) => return applied,
            Err(ProposeError::NoQuorum) => tokio::task::yield_now().await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Waits for a value.
pub(super) async fn until<T: Clone>(
    values: &mut watch::Receiver<T>,
    is: impl FnMut(&T) -> bool,
) -> T {
    let value = timeout(LONG, values.wait_for(is)).await.expect("in time");
    value.expect("the node runs").clone()
}

/// The first entry of a cluster.
pub(super) fn create() -> Entry {
    let create = CreateCluster {
        cluster_id: "test".into(),
        shard_count: 4,
        key_fingerprint: String::new(),
        zone: "UTC".into(),
    };
    Entry {
        stamp: 1,
        request: None,
        command: Command::CreateCluster(create),
    }
}

/// An entry that leaves a trace: producer `name`.
pub(super) fn open_producer(name: impl Into<String>) -> Entry {
    Entry {
        stamp: 1,
        request: None,
        command: Command::OpenProducer { name: name.into() },
    }
}

/// Names of producers, in the order of their numbers.
pub(super) fn producers(catalog: &Catalog) -> Vec<String> {
    let names = catalog
        .producers
        .values()
        .map(|producer| producer.name.as_str());
    names
        .map(|name| name.strip_prefix("client:").unwrap_or(name).to_owned())
        .collect()
}

/// Proposes `create` and then producers of these names; gives back the last index.
pub(super) async fn fill(node: &RaftNode, names: impl IntoIterator<Item = String>) -> LogIndex {
    let mut applied = propose(node, &create(), None).await;
    for name in names {
        applied = propose(node, &open_producer(name), None).await;
        assert!(
            matches!(applied.outcome, Outcome::Producer { .. }),
            "{:?}",
            applied.outcome
        );
    }
    applied.index
}

/// `prefix-0` … `prefix-(count − 1)`.
pub(super) fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{prefix}-{number}"))
        .collect()
}
