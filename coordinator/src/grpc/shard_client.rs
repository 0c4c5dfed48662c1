//! ShardService, seen from the coordinator: questions to workers.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use parking_lot::Mutex;
use tagma_core::{ErrorKind, LogIndex, OneId, ShardEpoch, ShardId};
use tagma_proto::{
    MESSAGE_BYTES_MAX,
    channel::GrpcChannel,
    pb::shard::v1::{self as pb, shard_service_client::ShardServiceClient},
};

use super::convert::error;
use crate::{
    error::{Error, Result},
    query::{
        CollectedRows, CountAnswer, Leavers, Letters, MemberParts, MembersCall, PersonAnswer,
        RunTagsCall, ShardCalls, ShardRead,
    },
};

/// Gives a channel to the worker at an address.
pub type WorkerConnector =
    Arc<dyn Fn(&str) -> std::result::Result<GrpcChannel, String> + Send + Sync>;

/// Clients by worker address.
pub(crate) struct ShardClients {
    connector: WorkerConnector,
    clients: Mutex<HashMap<String, ShardServiceClient<GrpcChannel>>>,
}

impl ShardClients {
    pub(crate) fn new(connector: WorkerConnector) -> Self {
        Self {
            connector,
            clients: Mutex::default(),
        }
    }

    fn client(&self, address: &str) -> Result<ShardServiceClient<GrpcChannel>> {
        let mut clients = self.clients.lock();
        if let Some(client) = clients.get(address) {
            return Ok(client.clone());
        }
        let channel = (self.connector)(address).map_err(|reason| {
            Error::new(
                ErrorKind::Unavailable,
                format!("worker {address}: {reason}"),
            )
        })?;
        let client = ShardServiceClient::new(channel)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX);
        clients.insert(address.to_owned(), client.clone());
        Ok(client)
    }
}

#[async_trait]
impl ShardCalls for ShardClients {
    async fn count(&self, address: &str, read: ShardRead) -> Result<CountAnswer> {
        let request = pb::CountRequest {
            read: Some(to_read(read)),
        };
        let answer = self
            .client(address)?
            .count(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        Ok(CountAnswer {
            population: answer.population,
            counts: answer.counts,
            warnings: answer.warnings,
        })
    }

    async fn members(&self, address: &str, call: MembersCall) -> Result<MemberParts> {
        let request = pb::MembersRequest {
            read: Some(to_read(call.read)),
            with_slots: call.with_slots,
            identifiers: call.identifiers,
            after_oneid: call.after.map_or(0, OneId::get),
        };
        let parts = self
            .client(address)?
            .members(request)
            .await
            .map_err(|s| error(&s))?;
        let parts = parts.into_inner().map(|part| match part {
            Ok(part) => Ok(part.members_ipc),
            Err(status) => Err(error(&status)),
        });
        Ok(parts.boxed())
    }

    async fn person(&self, address: &str, read: ShardRead, oneid: OneId) -> Result<PersonAnswer> {
        let request = pb::PersonRequest {
            read: Some(to_read(read)),
            oneid: oneid.get(),
        };
        let answer = self
            .client(address)?
            .person(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        Ok(PersonAnswer {
            alive: answer.alive,
            holds: answer.holds,
            values: answer.values,
        })
    }

    async fn identifiers(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        shard: (ShardId, ShardEpoch),
        oneid: OneId,
    ) -> Result<Option<Vec<(String, String)>>> {
        let request = pb::IdentifiersRequest {
            cluster_id: cluster_id.to_owned(),
            log_index: index.0,
            shard: Some(to_epoch(shard)),
            oneid: oneid.get(),
        };
        let answer = self
            .client(address)?
            .identifiers(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        let told = answer
            .identifiers
            .into_iter()
            .map(|known| (known.r#type, known.value));
        Ok(answer.alive.then(|| told.collect()))
    }

    async fn collect_rows(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        epoch: ShardEpoch,
        leavers: &Leavers,
    ) -> Result<CollectedRows> {
        let origins: Vec<i64> = leavers.origins.iter().map(|origin| origin.get()).collect();
        let people = leavers.people.iter().map(|person| pb::Leaver {
            oneid: person.get(),
            origins: origins.clone(),
        });
        let request = pb::CollectRowsRequest {
            cluster_id: cluster_id.to_owned(),
            log_index: index.0,
            shard: Some(to_epoch((leavers.shard, epoch))),
            leavers: people.collect(),
            bytes_max: 0,
            tables: leavers.tables.clone(),
        };
        let answer = self
            .client(address)?
            .collect_rows(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        let tables = answer.tables.into_iter();
        Ok(CollectedRows {
            people: answer.people as usize,
            below: answer.below_seq,
            tables: tables.map(|rows| (rows.table, rows.rows_ipc)).collect(),
        })
    }

    async fn dead_letters(
        &self,
        address: &str,
        cluster_id: &str,
        index: LogIndex,
        shard: (ShardId, ShardEpoch),
        letters: &Letters,
    ) -> Result<(Bytes, bool)> {
        let request = pb::DeadLettersRequest {
            cluster_id: cluster_id.to_owned(),
            log_index: index.0,
            shard: Some(to_epoch(shard)),
            table: letters.table.clone(),
            source: letters.source.clone(),
            after_seq: letters.after,
            limit: u32::try_from(letters.limit).unwrap_or(u32::MAX),
        };
        let answer = self
            .client(address)?
            .dead_letters(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        Ok((answer.rows_ipc, answer.more))
    }

    async fn run_tags(&self, address: &str, call: RunTagsCall) -> Result<(String, Bytes)> {
        let request = pb::RunTagsRequest {
            cluster_id: call.cluster_id,
            job: call.job,
            log_index: call.index.0,
            as_of_unix_us: call.as_of.0,
            shard: Some(to_epoch(call.shard)),
            job_spec: call.spec,
            tag_manifests: call.tag_manifests,
        };
        let answer = self
            .client(address)?
            .run_tags(request)
            .await
            .map_err(|s| error(&s))?;
        let answer = answer.into_inner();
        Ok((answer.pack_key, answer.result))
    }
}

fn to_read(read: ShardRead) -> pb::ShardRead {
    pb::ShardRead {
        cluster_id: read.cluster_id,
        log_index: read.index.0,
        shards: read.shards.into_iter().map(to_epoch).collect(),
        plan: read.plan,
        tag_manifests: read.tag_manifests,
    }
}

fn to_epoch((shard, epoch): (ShardId, ShardEpoch)) -> pb::ShardEpoch {
    pb::ShardEpoch {
        shard: shard.get().into(),
        epoch: epoch.0,
    }
}
