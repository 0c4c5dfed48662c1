//! How a call reaches another node.

use std::future::Future;

use futures::Stream;
use tagma_proto::pb::raft::v1 as pb;
use tonic::Status;

/// Which of the connections to a node: they do not wait for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Votes and entries.
    Log,
    /// Heartbeats: a queue of entries must not delay them.
    Heartbeat,
    /// Snapshots: large.
    Snapshot,
}

/// A node to call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    /// Its number.
    pub(crate) node: u64,
    /// Its address.
    pub(crate) address: String,
    /// The connection.
    pub(crate) lane: Lane,
}

/// Sends calls. Time-outs are the caller's.
pub(crate) trait Transport: Clone + Send + Sync + 'static {
    /// Asks for a vote.
    fn vote(
        &self,
        to: &Route,
        request: pb::VoteRequest,
    ) -> impl Future<Output = Result<pb::VoteResponse, Status>> + Send;

    /// Sends entries.
    fn append_entries(
        &self,
        to: &Route,
        request: pb::AppendEntriesRequest,
    ) -> impl Future<Output = Result<pb::AppendEntriesResponse, Status>> + Send;

    /// Sends a snapshot.
    fn install_snapshot(
        &self,
        to: &Route,
        parts: impl Stream<Item = pb::InstallSnapshotRequest> + Send + 'static,
    ) -> impl Future<Output = Result<pb::InstallSnapshotResponse, Status>> + Send;

    /// Gives up leadership.
    fn transfer_leader(
        &self,
        to: &Route,
        request: pb::TransferLeaderRequest,
    ) -> impl Future<Output = Result<pb::TransferLeaderResponse, Status>> + Send;

    /// Asks the leader for a read index.
    fn read_index(
        &self,
        to: &Route,
        request: pb::ReadIndexRequest,
    ) -> impl Future<Output = Result<pb::ReadIndexResponse, Status>> + Send;
}
