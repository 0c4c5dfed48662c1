//! Direct calls between nodes of one process, with cuts, for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{Stream, StreamExt};
use parking_lot::Mutex;
use tagma_proto::pb::raft::v1 as pb;
use tonic::Status;

use super::receiver::Receiver;
use super::transport::{Route, Transport};

/// The nodes of a test.
#[derive(Clone, Default)]
pub(crate) struct Switch {
    nodes: Arc<Mutex<BTreeMap<u64, Receiver>>>,
    cut: Arc<Mutex<BTreeSet<u64>>>,
}

impl Switch {
    /// The transport of node `from`.
    pub(crate) fn transport(&self, from: u64) -> Direct {
        Direct {
            from,
            switch: self.clone(),
        }
    }

    /// A node can be called from now on.
    pub(crate) fn plug(&self, node: u64, receiver: Receiver) {
        self.nodes.lock().insert(node, receiver);
    }

    /// A node is gone.
    pub(crate) fn unplug(&self, node: u64) {
        self.nodes.lock().remove(&node);
    }

    /// Nothing reaches a node or comes from it.
    pub(crate) fn cut(&self, node: u64) {
        self.cut.lock().insert(node);
    }

    /// Undoes [`Switch::cut`].
    pub(crate) fn heal(&self, node: u64) {
        self.cut.lock().remove(&node);
    }

    fn receiver(&self, from: u64, to: u64) -> Result<Receiver, Status> {
        let cut = self.cut.lock();
        if cut.contains(&from) || cut.contains(&to) {
            return Err(Status::unavailable("cut"));
        }
        let receiver = self.nodes.lock().get(&to).cloned();
        receiver.ok_or_else(|| Status::unavailable("gone"))
    }
}

/// Calls from one node.
#[derive(Clone)]
pub(crate) struct Direct {
    from: u64,
    switch: Switch,
}

impl Direct {
    fn to(&self, to: &Route) -> Result<Receiver, Status> {
        self.switch.receiver(self.from, to.node)
    }
}

impl Transport for Direct {
    async fn vote(&self, to: &Route, request: pb::VoteRequest) -> Result<pb::VoteResponse, Status> {
        self.to(to)?.vote(request).await
    }

    async fn append_entries(
        &self,
        to: &Route,
        request: pb::AppendEntriesRequest,
    ) -> Result<pb::AppendEntriesResponse, Status> {
        self.to(to)?.append_entries(request).await
    }

    async fn install_snapshot(
        &self,
        to: &Route,
        parts: impl Stream<Item = pb::InstallSnapshotRequest> + Send + 'static,
    ) -> Result<pb::InstallSnapshotResponse, Status> {
        self.to(to)?.install_snapshot(parts.map(Ok)).await
    }

    async fn transfer_leader(
        &self,
        to: &Route,
        request: pb::TransferLeaderRequest,
    ) -> Result<pb::TransferLeaderResponse, Status> {
        self.to(to)?.transfer_leader(request).await
    }

    async fn read_index(
        &self,
        to: &Route,
        request: pb::ReadIndexRequest,
    ) -> Result<pb::ReadIndexResponse, Status> {
        self.to(to)?.read_index(request).await
    }
}
