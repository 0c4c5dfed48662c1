//! ClusterService.

use std::{collections::BTreeSet, time::Duration};

use tagma_proto::pb::cluster::v1::{
    IdentityRules, Node, Shard, StatusRequest, StatusResponse,
    cluster_service_client::ClusterServiceClient, cluster_service_server::ClusterService,
};
use tonic::{Request, Response, Status};

use super::{
    convert::status,
    forward::{Forwarder, forwarded},
};
use crate::service::{self, COORDINATOR, NodeStatus, ShardStatus};

/// Time for the leader to tell a follower who is alive.
const LEADER_PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Cluster {
    service: service::ClusterService,
    forwarder: Forwarder,
}

impl Cluster {
    pub(super) fn new(service: service::ClusterService, forwarder: Forwarder) -> Self {
        Self { service, forwarder }
    }

    /// Coordinators of which the leader has heard lately; none where this node leads, and where
    /// the leader does not answer.
    async fn alive_at_leader(&self, request: Request<StatusRequest>) -> BTreeSet<u64> {
        let Ok(Some(leader)) = self.forwarder.target(&request) else {
            return BTreeSet::new();
        };
        let mut leader = ClusterServiceClient::new(leader);
        let asked = leader.status(forwarded(request));
        let Ok(Ok(told)) = tokio::time::timeout(LEADER_PATIENCE, asked).await else {
            return BTreeSet::new();
        };
        let nodes = told.into_inner().nodes.into_iter();
        let alive = nodes.filter(|node| node.role == COORDINATOR && node.alive);
        alive.map(|node| node.id).collect()
    }
}

#[tonic::async_trait]
impl ClusterService for Cluster {
    async fn status(
        &self,
        request: Request<StatusRequest>,
    ) -> Result<Response<StatusResponse>, Status> {
        let alive = self.alive_at_leader(request).await;
        let mut now = self.service.status().map_err(status)?;
        for node in &mut now.nodes {
            node.alive |= node.role == COORDINATOR && alive.contains(&node.id);
        }
        let (leader, leader_address) = now.leader.unwrap_or_default();
        Ok(Response::new(StatusResponse {
            cluster_id: now.cluster_id,
            applied_log_index: now.applied.0,
            served_log_index: now.served.0,
            floor_log_index: now.floor.0,
            term: now.term,
            leader,
            leader_address,
            node: now.node,
            nodes: now.nodes.into_iter().map(node).collect(),
            shards: now.shards.into_iter().map(shard).collect(),
            people_created: now.people_created,
            pending_merges: now.pending_merges,
            pending_unmerges: now.pending_unmerges,
            identity_rules: Some(IdentityRules {
                merged: now.rules.merged,
                limit: now.rules.limit,
                unique: now.rules.unique,
                guard: now.rules.guard,
                quarantined: now.rules.quarantined,
                barred: now.rules.barred,
            }),
            timezone: now.zone,
        }))
    }
}

fn node(node: NodeStatus) -> Node {
    Node {
        id: node.id,
        role: node.role.to_owned(),
        address: node.address,
        alive: node.alive,
        name: node.name,
    }
}

fn shard(shard: ShardStatus) -> Shard {
    Shard {
        shard: shard.shard.get().into(),
        owner: shard.owner.unwrap_or(0),
        epoch: shard.epoch,
        applied_log_index: shard.applied.0,
        flushed_log_index: shard.flushed.0,
        people: shard.people,
        stopped: shard.stopped.unwrap_or_default(),
    }
}
