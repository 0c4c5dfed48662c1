//! Answers other coordinators.

use std::sync::Arc;
use std::time::Instant;

use futures::{Stream, StreamExt};
use openraft::errors::{Infallible, RaftError};
use openraft::raft::AppendEntriesResponse;
use tagma_proto::pb::raft::v1 as pb;
use tonic::Status;

use super::convert;
use super::heard::LeaderHeard;
use crate::raft::error::chain;
use crate::raft::log_store::SnapshotImage;
use crate::raft::types::{Raft, Snapshot, TypeConfig};

/// Bytes of the greatest snapshot that is taken.
const SNAPSHOT_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// Bytes reserved at once for a snapshot, whatever the sender says of its size.
const RESERVED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The receiving side of one node; clones share it.
#[derive(Clone)]
pub(crate) struct Receiver {
    cluster_id: String,
    node_id: u64,
    raft: Raft,
    heard: Arc<LeaderHeard>,
}

impl Receiver {
    /// Answers for `node_id` of `cluster_id`; notes in `heard` when the leader speaks.
    pub(crate) fn new(cluster_id: &str, node_id: u64, raft: Raft, heard: Arc<LeaderHeard>) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            node_id,
            raft,
            heard,
        }
    }

    /// Refuses what is meant for another cluster or node.
    fn check(&self, route: Option<&pb::Route>) -> Result<(), Status> {
        let route = route.ok_or_else(|| Status::invalid_argument("a call without route"))?;
        if route.cluster_id == self.cluster_id && route.to_node == self.node_id {
            return Ok(());
        }
        Err(Status::failed_precondition(format!(
            "this is node {} of cluster {}, not node {} of cluster {}",
            self.node_id, self.cluster_id, route.to_node, route.cluster_id
        )))
    }

    pub(super) async fn vote(&self, request: pb::VoteRequest) -> Result<pb::VoteResponse, Status> {
        self.check(request.route.as_ref())?;
        let vote = convert::read_vote_request(&request.payload)?;
        let reply = match request.pre_vote {
            true => self.raft.pre_vote(vote).await,
            false => self.raft.vote(vote).await,
        };
        Ok(pb::VoteResponse {
            payload: convert::vote_reply(&reply.map_err(stopped)?),
        })
    }

    pub(super) async fn append_entries(
        &self,
        request: pb::AppendEntriesRequest,
    ) -> Result<pb::AppendEntriesResponse, Status> {
        self.check(request.route.as_ref())?;
        let append = convert::read_append(&request.payload, &request.entries)?;
        let arrived = Instant::now();
        let reply = self.raft.append_entries(append).await.map_err(stopped)?;
        if !matches!(reply, AppendEntriesResponse::HigherVote(_)) {
            self.heard.heard(arrived);
        }
        Ok(pb::AppendEntriesResponse {
            payload: convert::append_reply(reply),
        })
    }

    pub(super) async fn install_snapshot(
        &self,
        parts: impl Stream<Item = Result<pb::InstallSnapshotRequest, Status>> + Send,
    ) -> Result<pb::InstallSnapshotResponse, Status> {
        let mut parts = std::pin::pin!(parts);
        let first = parts.next().await.transpose()?;
        let first = first.ok_or_else(|| Status::invalid_argument("a snapshot without parts"))?;
        self.check(first.route.as_ref())?;
        let vote = convert::read_vote(&first.vote)?;
        let image = self.image(collect(first, parts).await?).await?;
        let snapshot = Snapshot {
            meta: image.meta().clone(),
            snapshot: image,
        };
        let reply = self.raft.install_full_snapshot(vote, snapshot).await;
        let reply = reply.map_err(|fatal| Status::unavailable(chain(&fatal)))?;
        Ok(pb::InstallSnapshotResponse {
            payload: convert::vote(reply.vote),
        })
    }

    /// Verifies a snapshot aside: it may be large.
    async fn image(&self, bytes: Vec<u8>) -> Result<SnapshotImage, Status> {
        let parsing = tokio::task::spawn_blocking(move || SnapshotImage::parse(bytes.into()));
        let parsed = parsing
            .await
            .map_err(|error| Status::internal(chain(&error)))?;
        let image = parsed.map_err(|error| Status::data_loss(chain(&error)))?;
        if image.header().cluster_id != self.cluster_id {
            return Err(Status::failed_precondition("a snapshot of another cluster"));
        }
        Ok(image)
    }

    pub(super) async fn transfer_leader(
        &self,
        request: pb::TransferLeaderRequest,
    ) -> Result<pb::TransferLeaderResponse, Status> {
        self.check(request.route.as_ref())?;
        let transfer = convert::read_transfer(&request.payload)?;
        let reply = self.raft.handle_transfer_leader(transfer).await;
        let reply = reply.map_err(|fatal| Status::unavailable(chain(&fatal)))?;
        let refusal = reply
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        Ok(pb::TransferLeaderResponse { refusal })
    }

    pub(super) async fn read_index(
        &self,
        request: pb::ReadIndexRequest,
    ) -> Result<pb::ReadIndexResponse, Status> {
        self.check(request.route.as_ref())?;
        let read = self
            .raft
            .get_read_linearizer(openraft::ReadPolicy::ReadIndex)
            .await;
        let read = read.map_err(|error| Status::unavailable(chain(&error)))?;
        Ok(pb::ReadIndexResponse {
            log_index: read.read_log_id().index(),
        })
    }
}

/// Puts the parts together.
async fn collect(
    first: pb::InstallSnapshotRequest,
    mut rest: impl Stream<Item = Result<pb::InstallSnapshotRequest, Status>> + Unpin,
) -> Result<Vec<u8>, Status> {
    let total = first.total_bytes;
    if total > SNAPSHOT_BYTES_MAX {
        return Err(Status::resource_exhausted(format!(
            "a snapshot of {total} bytes"
        )));
    }
    let reserved = usize::try_from(total.min(RESERVED_BYTES_MAX)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(reserved);
    bytes.extend_from_slice(&first.part);
    while let Some(part) = rest.next().await.transpose()? {
        bytes.extend_from_slice(&part.part);
        if bytes.len() as u64 > total {
            break;
        }
    }
    match bytes.len() as u64 == total {
        true => Ok(bytes),
        false => Err(Status::data_loss(format!(
            "{} bytes instead of {total}",
            bytes.len()
        ))),
    }
}

/// The only error of a receiving node: its consensus has stopped.
fn stopped(error: RaftError<TypeConfig, Infallible>) -> Status {
    Status::unavailable(chain(&error))
}
