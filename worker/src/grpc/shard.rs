//! `ShardService` over gRPC: converts, calls the service, converts back.

use std::sync::Arc;
use std::time::Instant;

use futures::stream::{BoxStream, StreamExt};
use tagma_core::AsOf;
use tagma_core::catalog::{JobId, codec};
use tagma_proto::MESSAGE_BYTES_MAX;
use tagma_proto::pb::shard::v1 as pb;
use tagma_proto::pb::shard::v1::shard_service_server::ShardServiceServer;
use tonic::{Request, Response, Status, async_trait};

use super::convert::{address, invalid, leaver, one_id, read, shard_epoch, status};
use super::deadline::deadline;
use crate::exec::{Collect, Letters, MembersOf};
use crate::metrics;
use crate::server::WorkerHandle;
use crate::service::{self, RunTags, Service};

/// The service on the wire.
pub struct ShardGrpc {
    service: Arc<Service>,
}

impl ShardGrpc {
    /// Puts a service on the wire.
    pub fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

/// What a worker serves: for a listener, or for a channel within the process.
pub fn shard_service(worker: &WorkerHandle) -> ShardServiceServer<ShardGrpc> {
    ShardServiceServer::new(ShardGrpc::new(Arc::clone(worker.service())))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}

/// Records the outcome and makes it a response.
fn answer<T>(
    method: &'static str,
    start: Instant,
    outcome: service::Result<T>,
) -> Result<T, Status> {
    let kind = outcome.as_ref().err().map(service::Error::kind);
    metrics::answered(method, kind, start.elapsed());
    outcome.map_err(|error| status(&error))
}

#[async_trait]
impl pb::shard_service_server::ShardService for ShardGrpc {
    type MembersStream = BoxStream<'static, Result<pb::MembersResponse, Status>>;

    async fn count(
        &self,
        request: Request<pb::CountRequest>,
    ) -> Result<Response<pb::CountResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let read = read(request.into_inner().read, deadline)?;
        let counts = answer("count", start, self.service.count(read).await)?;
        Ok(Response::new(pb::CountResponse {
            population: counts.population,
            counts: counts.counts,
            warnings: counts.warnings,
        }))
    }

    async fn members(
        &self,
        request: Request<pb::MembersRequest>,
    ) -> Result<Response<Self::MembersStream>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        let of = MembersOf {
            slots: request
                .with_slots
                .into_iter()
                .map(|slot| slot as usize)
                .collect(),
            identifiers: request.identifiers,
            after: match request.after_oneid {
                0 => None,
                raw => Some(one_id(raw)?),
            },
        };
        let read = read(request.read, deadline)?;
        let members = answer("members", start, self.service.members(read, of).await)?;
        let messages = members.map(|batch| match batch {
            Ok(members_ipc) => Ok(pb::MembersResponse { members_ipc }),
            Err(error) => Err(status(&service::Error::from(error))),
        });
        Ok(Response::new(messages.boxed()))
    }

    async fn person(
        &self,
        request: Request<pb::PersonRequest>,
    ) -> Result<Response<pb::PersonResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        let (read, person) = (read(request.read, deadline)?, one_id(request.oneid)?);
        let person = answer("person", start, self.service.person(read, person).await)?;
        Ok(Response::new(pb::PersonResponse {
            alive: person.alive,
            holds: person.holds,
            values: person.values,
        }))
    }

    async fn identifiers(
        &self,
        request: Request<pb::IdentifiersRequest>,
    ) -> Result<Response<pb::IdentifiersResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        let address = address((request.cluster_id, request.log_index), deadline);
        let (shard, person) = (shard_epoch(request.shard)?, one_id(request.oneid)?);
        let found = self.service.identifiers(address, shard, person).await;
        let found = answer("identifiers", start, found)?;
        let identifiers = found.identifiers.into_iter();
        let identifiers = identifiers.map(|(r#type, value)| pb::PersonIdentifier { r#type, value });
        Ok(Response::new(pb::IdentifiersResponse {
            alive: found.alive,
            identifiers: identifiers.collect(),
        }))
    }

    async fn collect_rows(
        &self,
        request: Request<pb::CollectRowsRequest>,
    ) -> Result<Response<pb::CollectRowsResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        let address = address((request.cluster_id, request.log_index), deadline);
        let shard = shard_epoch(request.shard)?;
        let leavers = request.leavers.into_iter().map(leaver);
        let leavers = leavers.collect::<Result<Vec<_>, _>>()?;
        let collect = Collect {
            leavers,
            tables: request.tables,
            bytes_max: usize::try_from(request.bytes_max).unwrap_or(usize::MAX),
        };
        let moving = self.service.collect_rows(address, shard, collect);
        let moving = answer("collect_rows", start, moving.await)?;
        let tables = moving
            .tables
            .into_iter()
            .map(|(table, rows)| pb::MovingRows {
                table: table.to_string(),
                rows_ipc: rows.into(),
            });
        Ok(Response::new(pb::CollectRowsResponse {
            people: u32::try_from(moving.people).unwrap_or(u32::MAX),
            below_seq: moving.below.unwrap_or(0),
            tables: tables.collect(),
        }))
    }

    async fn dead_letters(
        &self,
        request: Request<pb::DeadLettersRequest>,
    ) -> Result<Response<pb::DeadLettersResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        let address = address((request.cluster_id, request.log_index), deadline);
        let letters = Letters {
            table: request.table,
            source: request.source,
            after: request.after_seq,
            limit: request.limit as usize,
        };
        let shard = shard_epoch(request.shard)?;
        let found = self.service.dead_letters(address, shard, letters).await;
        let found = answer("dead_letters", start, found)?;
        Ok(Response::new(pb::DeadLettersResponse {
            rows_ipc: found.rows.into(),
            more: found.more,
        }))
    }

    async fn run_tags(
        &self,
        request: Request<pb::RunTagsRequest>,
    ) -> Result<Response<pb::RunTagsResponse>, Status> {
        let start = Instant::now();
        let deadline = deadline(request.metadata(), start);
        let request = request.into_inner();
        if request.job == 0 {
            return Err(invalid("`job` is missing"));
        }
        let run = RunTags {
            address: address((request.cluster_id, request.log_index), deadline),
            shard: shard_epoch(request.shard)?,
            job: JobId(request.job),
            as_of: AsOf(request.as_of_unix_us),
            spec: request.job_spec,
            tag_manifests: request.tag_manifests,
        };
        let pack = answer("run_tags", start, self.service.run_tags(run).await)?;
        Ok(Response::new(pb::RunTagsResponse {
            pack_key: pack.key,
            pack_bytes: pack.bytes,
            result: codec::encode(&pack.result).into(),
        }))
    }
}
