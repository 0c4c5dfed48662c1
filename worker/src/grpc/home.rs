//! [`Home`] over gRPC.
//!
//! Owns which coordinator is asked: heartbeats and tails go to the one named, everything else to
//! the one that answered last, then to the others. Coordinators pass on what only the leader may
//! do.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tagma_core::schema::TableSchema;
use tagma_core::{ErrorKind, LogIndex, NodeId, ShardEpoch};
use tagma_proto::channel::GrpcChannel;
use tagma_proto::pb::catalog::v1 as catalog;
use tagma_proto::pb::catalog::v1::catalog_service_client::CatalogServiceClient;
use tagma_proto::pb::cluster::v1 as pb;
use tagma_proto::pb::cluster::v1::registry_service_client::RegistryServiceClient;
use tagma_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use tagma_proto::pb::journal::v1::{TailRequest, TailResponse};
use tagma_proto::{MESSAGE_BYTES_MAX, from_status};
use tonic::{Request, Response, Status, async_trait};

use super::convert::shard_id;
use super::tables;
use crate::agent::{
    Beat, BeatAnswer, Home, HomeError, ManifestCommit, OwnedShard, Registration, TailEntry,
    TailFrom, TailMessage, TailStream,
};

/// A heartbeat that takes longer counts as unanswered.
const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(2);
/// An entry of the log that takes longer has an unknown outcome.
const ENTRY_TIMEOUT: Duration = Duration::from_secs(20);
/// Time to learn the declared tables, or to begin a tail.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The coordinators of a cluster.
pub struct GrpcHome {
    coordinators: Vec<GrpcChannel>,
    /// The one that answered last.
    last: AtomicUsize,
}

type Answer<T> = Result<Response<T>, Status>;

impl GrpcHome {
    /// Reaches the coordinators through `coordinators`, at least one: channels to other processes
    /// or into this one.
    pub fn new(coordinators: Vec<GrpcChannel>) -> Self {
        Self {
            coordinators,
            last: AtomicUsize::new(0),
        }
    }

    fn channel(&self, coordinator: usize) -> Result<GrpcChannel, HomeError> {
        self.coordinators
            .get(coordinator)
            .cloned()
            .ok_or_else(|| HomeError {
                kind: ErrorKind::Internal,
                message: format!("there is no coordinator number {coordinator}"),
            })
    }

    /// Asks one coordinator after the other; the answer of the first that gives a definite one.
    async fn ask<T, F, Fut>(&self, limit: Duration, call: F) -> Result<T, HomeError>
    where
        F: Fn(GrpcChannel) -> Fut,
        Fut: Future<Output = Answer<T>>,
    {
        let count = self.coordinators.len();
        let first = self.last.load(Ordering::Relaxed);
        let mut failed = HomeError {
            kind: ErrorKind::Unavailable,
            message: "there is no coordinator".to_owned(),
        };
        for attempt in 0..count {
            let coordinator = (first + attempt) % count;
            match within(limit, call(self.channel(coordinator)?)).await {
                Ok(answer) => {
                    self.last.store(coordinator, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) if elsewhere(error.kind) => failed = error,
                Err(error) => return Err(error),
            }
        }
        Err(failed)
    }
}

/// Whether another coordinator may be asked the same: nothing has been done, and not for a reason
/// that holds everywhere.
fn elsewhere(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotLeader | ErrorKind::Unavailable)
}

async fn within<T>(limit: Duration, call: impl Future<Output = Answer<T>>) -> Result<T, HomeError> {
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(status)) => Err(home_error(&status)),
        Err(_) => Err(HomeError {
            kind: ErrorKind::Timeout,
            message: format!(
                "the coordinator did not answer within {} s",
                limit.as_secs()
            ),
        }),
    }
}

fn home_error(status: &Status) -> HomeError {
    let error = from_status(status);
    HomeError {
        kind: error.kind,
        message: error.message,
    }
}

fn unreadable(message: String) -> HomeError {
    HomeError {
        kind: ErrorKind::Incompatible,
        message,
    }
}

/// A request that the other side gives up with us.
fn timed<T>(message: T, limit: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(limit);
    request
}

#[async_trait]
impl Home for GrpcHome {
    fn coordinators(&self) -> usize {
        self.coordinators.len()
    }

    async fn register(&self, name: &str, address: &str) -> Result<Registration, HomeError> {
        let request = pb::RegisterRequest {
            name: name.to_owned(),
            address: address.to_owned(),
        };
        let call = |channel| {
            let request = timed(request.clone(), ENTRY_TIMEOUT);
            async move { RegistryServiceClient::new(channel).register(request).await }
        };
        let answer = self.ask(ENTRY_TIMEOUT, call).await?;
        Ok(Registration {
            node: NodeId(answer.node),
            cluster_id: answer.cluster_id,
        })
    }

    async fn heartbeat(&self, coordinator: usize, beat: Beat) -> Result<BeatAnswer, HomeError> {
        let channel = self.channel(coordinator)?;
        let shards = beat.shards.iter().map(|shard| pb::ShardProgress {
            shard: u32::from(shard.shard.get()),
            epoch: shard.epoch.0,
            applied_log_index: shard.applied.0,
            hot_bytes: shard.hot_bytes,
            stopped: shard.stopped.clone().unwrap_or_default(),
        });
        let request = pb::HeartbeatRequest {
            cluster_id: beat.cluster_id,
            node: beat.node.0,
            shards: shards.collect(),
            address: beat.address,
        };
        let request = timed(request, HEARTBEAT_TIMEOUT);
        let mut client = RegistryServiceClient::new(channel);
        let answer = within(HEARTBEAT_TIMEOUT, client.heartbeat(request)).await?;
        let owned = answer.owned.into_iter().map(|owned| {
            Ok(OwnedShard {
                shard: shard_id(owned.shard).map_err(unreadable)?,
                epoch: ShardEpoch(owned.epoch),
                manifest: Some(owned.manifest_key).filter(|key| !key.is_empty()),
                flushed: LogIndex(owned.flushed_log_index),
            })
        });
        Ok(BeatAnswer {
            owned: owned.collect::<Result<_, HomeError>>()?,
            applied: LogIndex(answer.applied_log_index),
            oldest_kept: LogIndex(answer.oldest_kept_log_index),
            leader_silence: answer.leader_silence_ms.map(Duration::from_millis),
        })
    }

    async fn commit_manifest(&self, commit: ManifestCommit) -> Result<LogIndex, HomeError> {
        let request = pb::CommitManifestRequest {
            cluster_id: commit.cluster_id,
            shard: u32::from(commit.shard.get()),
            epoch: commit.epoch.0,
            base_key: commit.base.unwrap_or_default(),
            key: commit.manifest.object.key,
            object_bytes: commit.manifest.object.bytes,
            flushed_log_index: commit.manifest.flushed.0,
        };
        let call = |channel| {
            let request = timed(request.clone(), ENTRY_TIMEOUT);
            async move {
                RegistryServiceClient::new(channel)
                    .commit_manifest(request)
                    .await
            }
        };
        Ok(LogIndex(self.ask(ENTRY_TIMEOUT, call).await?.log_index))
    }

    async fn tail(&self, coordinator: usize, from: TailFrom) -> Result<TailStream, HomeError> {
        let request = TailRequest {
            cluster_id: from.cluster_id,
            shard: u32::from(from.shard.get()),
            epoch: from.epoch.0,
            after_log_index: from.after.0,
        };
        let client = JournalServiceClient::new(self.channel(coordinator)?);
        let mut client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
        let stream = within(READ_TIMEOUT, client.tail(request)).await?;
        Ok(stream
            .map(|message| message.map(tail_message).map_err(|s| home_error(&s)))
            .boxed())
    }

    async fn tables(&self) -> Result<Vec<TableSchema>, HomeError> {
        let call = |channel| {
            let request = timed(catalog::ListTablesRequest {}, READ_TIMEOUT);
            async move {
                CatalogServiceClient::new(channel)
                    .list_tables(request)
                    .await
            }
        };
        let answer = self.ask(READ_TIMEOUT, call).await?;
        answer
            .tables
            .into_iter()
            .map(|table| tables::schema(table).map_err(unreadable))
            .collect()
    }
}

fn tail_message(message: TailResponse) -> TailMessage {
    let entries = message.entries.into_iter().map(|entry| TailEntry {
        index: LogIndex(entry.log_index),
        section: entry.section,
        crc32c: entry.crc32c,
    });
    TailMessage {
        entries: entries.collect(),
        through: LogIndex(message.through_log_index),
    }
}

#[cfg(test)]
mod tests;
