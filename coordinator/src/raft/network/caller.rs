//! openraft's network over a [`Transport`]: encodes, bounds the time, classifies errors.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use openraft::RPCTypes;
use openraft::errors::{
    NetworkError, RPCError, ReplicationClosed, StreamingError, Timeout, Unreachable,
};
use openraft::network::{RPCOption, RaftNetworkFactory, RaftNetworkV2};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use tagma_proto::pb::raft::v1 as pb;
use tonic::{Code, Status};

use super::convert;
use super::transport::{Lane, Route, Transport};
use crate::raft::log_store::SnapshotImage;
use crate::raft::types::{Peer, Snapshot, TypeConfig, Vote};

/// Time for a message with entries: the receiver answers once they are on its disk. openraft's own
/// figure is a heartbeat, which a busy disk exceeds; who has gone is noticed by heartbeats.
const APPEND_TIME: Duration = Duration::from_secs(5);

/// Bytes of one part of a snapshot.
const PART_BYTES: usize = 1024 * 1024;

type RpcResult<T> = Result<T, RPCError<TypeConfig>>;

/// Makes a [`Caller`] for each node.
pub(crate) struct Callers<T> {
    cluster_id: String,
    node_id: u64,
    transport: T,
}

impl<T: Transport> Callers<T> {
    /// Calls from `node_id` within `cluster_id`.
    pub(crate) fn new(cluster_id: &str, node_id: u64, transport: T) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            node_id,
            transport,
        }
    }

    fn caller(&self, node: u64, peer: &Peer, lane: Lane) -> Caller<T> {
        Caller {
            cluster_id: self.cluster_id.clone(),
            from: self.node_id,
            to: Route {
                node,
                address: peer.address.clone(),
                lane,
            },
            transport: self.transport.clone(),
        }
    }
}

impl<T: Transport> RaftNetworkFactory<TypeConfig> for Callers<T> {
    type Network = Caller<T>;

    async fn new_client(&mut self, target: u64, node: &Peer) -> Caller<T> {
        self.caller(target, node, Lane::Log)
    }

    async fn new_heartbeat_client(&mut self, target: u64, node: &Peer) -> Caller<T> {
        self.caller(target, node, Lane::Heartbeat)
    }

    async fn new_snapshot_client(&mut self, target: u64, node: &Peer) -> Caller<T> {
        self.caller(target, node, Lane::Snapshot)
    }
}

/// Calls one node.
pub(crate) struct Caller<T> {
    cluster_id: String,
    from: u64,
    to: Route,
    transport: T,
}

impl<T: Transport> Caller<T> {
    fn route(&self) -> Option<pb::Route> {
        Some(pb::Route {
            cluster_id: self.cluster_id.clone(),
            from_node: self.from,
            to_node: self.to.node,
        })
    }

    /// Waits for an answer at most `timeout`.
    async fn within<R>(
        &self,
        action: RPCTypes,
        timeout: Duration,
        call: impl Future<Output = Result<R, Status>> + Send,
    ) -> RpcResult<R> {
        match tokio::time::timeout(timeout, call).await {
            Ok(answer) => answer.map_err(|status| self.failed(&status)),
            Err(_) => Err(RPCError::Timeout(Timeout {
                action,
                id: self.from,
                target: self.to.node,
                timeout,
            })),
        }
    }

    /// A node that cannot be reached, or refuses us, is asked again only after a while.
    fn failed(&self, status: &Status) -> RPCError<TypeConfig> {
        let what = format!(
            "node {} at {}: {:?}: {}",
            self.to.node,
            self.to.address,
            status.code(),
            status.message()
        );
        match status.code() {
            Code::Unavailable | Code::FailedPrecondition | Code::Unimplemented => {
                RPCError::Unreachable(Unreachable::from_string(what))
            }
            _ => RPCError::Network(NetworkError::from_string(what)),
        }
    }

    async fn ask_vote(
        &self,
        request: VoteRequest<TypeConfig>,
        pre_vote: bool,
        option: RPCOption,
    ) -> RpcResult<VoteResponse<TypeConfig>> {
        let message = pb::VoteRequest {
            route: self.route(),
            pre_vote,
            payload: convert::vote_request(&request),
        };
        let call = self.transport.vote(&self.to, message);
        let reply = self.within(RPCTypes::Vote, option.soft_ttl(), call).await?;
        convert::read_vote_reply(&reply.payload).map_err(|status| self.failed(&status))
    }

    /// The snapshot in parts; the first one says what it is.
    fn parts(&self, vote: Vote, bytes: Bytes) -> Vec<pb::InstallSnapshotRequest> {
        let total_bytes = bytes.len() as u64;
        let starts = (0..bytes.len()).step_by(PART_BYTES);
        let mut parts: Vec<_> = starts
            .map(|start| pb::InstallSnapshotRequest {
                part: bytes.slice(start..bytes.len().min(start + PART_BYTES)),
                ..Default::default()
            })
            .collect();
        if let Some(first) = parts.first_mut() {
            first.route = self.route();
            first.vote = convert::vote(vote);
            first.total_bytes = total_bytes;
        }
        parts
    }
}

impl<T: Transport> RaftNetworkV2<TypeConfig> for Caller<T> {
    type SnapshotData = SnapshotImage;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<TypeConfig>,
        option: RPCOption,
    ) -> RpcResult<AppendEntriesResponse<TypeConfig>> {
        let timeout = match request.entries.is_empty() {
            true => option.soft_ttl(),
            false => APPEND_TIME.max(option.soft_ttl()),
        };
        let (payload, entries) = convert::append(&request);
        let message = pb::AppendEntriesRequest {
            route: self.route(),
            payload,
            entries,
        };
        let call = self.transport.append_entries(&self.to, message);
        let reply = self.within(RPCTypes::AppendEntries, timeout, call).await?;
        convert::read_append_reply(&reply.payload).map_err(|status| self.failed(&status))
    }

    async fn vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> RpcResult<VoteResponse<TypeConfig>> {
        self.ask_vote(request, false, option).await
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> RpcResult<VoteResponse<TypeConfig>> {
        self.ask_vote(request, true, option).await
    }

    async fn full_snapshot(
        &mut self,
        vote: Vote,
        snapshot: Snapshot,
        cancel: impl Future<Output = ReplicationClosed> + Send + 'static,
        option: RPCOption,
    ) -> Result<SnapshotResponse<TypeConfig>, StreamingError<TypeConfig>> {
        let parts = self.parts(vote, snapshot.snapshot.bytes().clone());
        let call = self
            .transport
            .install_snapshot(&self.to, futures::stream::iter(parts));
        let send = self.within(RPCTypes::InstallSnapshot, option.soft_ttl(), call);
        let reply = tokio::select! {
            reply = send => reply?,
            closed = cancel => return Err(StreamingError::Closed(closed)),
        };
        let vote = convert::read_vote(&reply.payload);
        Ok(SnapshotResponse::new(
            vote.map_err(|status| self.failed(&status))?,
        ))
    }

    async fn transfer_leader(
        &mut self,
        request: TransferLeaderRequest<TypeConfig>,
        option: RPCOption,
    ) -> RpcResult<TransferLeaderResponse<TypeConfig>> {
        let message = pb::TransferLeaderRequest {
            route: self.route(),
            payload: convert::transfer(&request),
        };
        let call = self.transport.transfer_leader(&self.to, message);
        let reply = self
            .within(RPCTypes::TransferLeader, option.soft_ttl(), call)
            .await?;
        if !reply.refusal.is_empty() {
            let what = format!(
                "node {} does not take over: {}",
                self.to.node, reply.refusal
            );
            return Err(RPCError::Network(NetworkError::from_string(what)));
        }
        Ok(Ok(()))
    }
}
