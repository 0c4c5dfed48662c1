//! RegistryService: the workers' line home.

use tagma_core::{
    LogIndex, NodeId, ShardEpoch,
    catalog::{CommitManifest, ManifestRef, ObjectRef},
};
use tagma_proto::{
    channel::GrpcChannel,
    pb::cluster::v1::{
        CommitManifestRequest, CommitManifestResponse, HeartbeatRequest, HeartbeatResponse,
        OwnedShard, RegisterRequest, RegisterResponse,
        registry_service_client::RegistryServiceClient, registry_service_server::RegistryService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{invalid, shard_id, status},
    forward::{Forwarder, forwarded},
};
use crate::{served::Progress, service};

pub(super) struct Registry {
    service: service::RegistryService,
    forwarder: Forwarder,
}

impl Registry {
    pub(super) fn new(service: service::RegistryService, forwarder: Forwarder) -> Self {
        Self { service, forwarder }
    }
}

fn client(channel: GrpcChannel) -> RegistryServiceClient<GrpcChannel> {
    RegistryServiceClient::new(channel)
}

#[tonic::async_trait]
impl RegistryService for Registry {
    async fn register(
        &self,
        request: Request<RegisterRequest>,
    ) -> Result<Response<RegisterResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).register(forwarded(request)).await;
        }
        let RegisterRequest { name, address } = request.into_inner();
        if name.is_empty() || address.is_empty() {
            return Err(invalid("a worker needs a name and an address"));
        }
        let (node, cluster_id) = self.service.register(name, address).await.map_err(status)?;
        Ok(Response::new(RegisterResponse {
            node: node.0,
            cluster_id,
        }))
    }

    async fn heartbeat(
        &self,
        request: Request<HeartbeatRequest>,
    ) -> Result<Response<HeartbeatResponse>, Status> {
        let request = request.into_inner();
        let node = NodeId(request.node);
        let mut shards = Vec::with_capacity(request.shards.len());
        for shard in request.shards {
            let progress = Progress {
                node,
                epoch: ShardEpoch(shard.epoch),
                applied: LogIndex(shard.applied_log_index),
                hot_bytes: shard.hot_bytes,
                stopped: Some(shard.stopped).filter(|reason| !reason.is_empty()),
            };
            shards.push((shard_id(shard.shard)?, progress));
        }
        let ownership = self
            .service
            .heartbeat(&request.cluster_id, node, shards)
            .map_err(status)?;
        let silence = ownership.leader_silence;
        let silence = silence.map(|s| u64::try_from(s.as_millis()).unwrap_or(u64::MAX));
        let owned = ownership
            .owned
            .into_iter()
            .map(|(shard, epoch, key, flushed)| OwnedShard {
                shard: shard.get().into(),
                epoch: epoch.0,
                manifest_key: key.unwrap_or_default(),
                flushed_log_index: flushed.0,
            });
        Ok(Response::new(HeartbeatResponse {
            owned: owned.collect(),
            applied_log_index: ownership.applied.0,
            oldest_kept_log_index: ownership.oldest_kept.0,
            leader_silence_ms: silence,
        }))
    }

    async fn commit_manifest(
        &self,
        request: Request<CommitManifestRequest>,
    ) -> Result<Response<CommitManifestResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).commit_manifest(forwarded(request)).await;
        }
        let request = request.into_inner();
        let commit = CommitManifest {
            shard: shard_id(request.shard)?,
            epoch: ShardEpoch(request.epoch),
            base: (!request.base_key.is_empty()).then_some(request.base_key),
            manifest: ManifestRef {
                object: ObjectRef {
                    key: request.key,
                    bytes: request.object_bytes,
                },
                flushed: LogIndex(request.flushed_log_index),
            },
        };
        let index = self
            .service
            .commit_manifest(&request.cluster_id, commit)
            .await
            .map_err(status)?;
        Ok(Response::new(CommitManifestResponse { log_index: index.0 }))
    }
}
