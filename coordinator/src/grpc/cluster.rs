//! ClusterService.

use tagma_proto::pb::cluster::v1::{
    Node, Shard, StatusRequest, StatusResponse, cluster_service_server::ClusterService,
};
use tonic::{Request, Response, Status};

use super::convert::status;
use crate::service::{self, NodeStatus, ShardStatus};

pub(super) struct Cluster {
    service: service::ClusterService,
}

impl Cluster {
    pub(super) fn new(service: service::ClusterService) -> Self {
        Self { service }
    }
}

#[tonic::async_trait]
impl ClusterService for Cluster {
    async fn status(
        &self,
        _request: Request<StatusRequest>,
    ) -> Result<Response<StatusResponse>, Status> {
        let now = self.service.status().map_err(status)?;
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
