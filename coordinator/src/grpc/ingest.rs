//! IngestService.

use tagma_core::{
    catalog::{OpenLoad, ProducerId},
    schema::Name,
};
use tagma_proto::{
    MESSAGE_BYTES_MAX,
    channel::GrpcChannel,
    pb::ingest::v1::{
        CloseLoadRequest, CloseLoadResponse, ListLoadsRequest, ListLoadsResponse, Load,
        OpenLoadRequest, OpenLoadResponse, OpenProducerRequest, OpenProducerResponse, WriteRequest,
        WriteResponse, ingest_service_client::IngestServiceClient,
        ingest_service_server::IngestService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{invalid, status},
    forward::{Forwarder, forwarded},
};
use crate::{
    sequencer::{DeadRow, RawWrite},
    service,
};

/// Durability of every ack of a local store.
const LOCAL_FSYNC: &str = "local_fsync";

pub(super) struct Ingest {
    service: service::IngestService,
    forwarder: Forwarder,
}

impl Ingest {
    pub(super) fn new(service: service::IngestService, forwarder: Forwarder) -> Self {
        Self { service, forwarder }
    }
}

fn client(channel: GrpcChannel) -> IngestServiceClient<GrpcChannel> {
    IngestServiceClient::new(channel)
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}

#[tonic::async_trait]
impl IngestService for Ingest {
    async fn open_load(
        &self,
        request: Request<OpenLoadRequest>,
    ) -> Result<Response<OpenLoadResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).open_load(forwarded(request)).await;
        }
        let request = request.into_inner();
        let open = OpenLoad {
            table: Name::new(&request.table).map_err(|e| invalid(e.to_string()))?,
            mapping: request.mapping,
            content: request.content,
            file: request.file,
            bytes: request.file_bytes,
        };
        let opened = self.service.open_load(open).await.map_err(status)?;
        Ok(Response::new(OpenLoadResponse {
            load: Some(load(opened)),
        }))
    }

    async fn open_producer(
        &self,
        request: Request<OpenProducerRequest>,
    ) -> Result<Response<OpenProducerResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).open_producer(forwarded(request)).await;
        }
        let name = request.into_inner().name;
        if name.is_empty() {
            return Err(invalid("a producer needs a name"));
        }
        let (id, epoch, last_sequence) = self.service.open_producer(name).await.map_err(status)?;
        Ok(Response::new(OpenProducerResponse {
            producer: id.0,
            epoch,
            last_sequence,
        }))
    }

    async fn write(
        &self,
        request: Request<WriteRequest>,
    ) -> Result<Response<WriteResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).write(forwarded(request)).await;
        }
        let request = request.into_inner();
        let rejected = request.rejected.into_iter().map(|dead| DeadRow {
            source_row: dead.source_row,
            reason: dead.reason,
            original: dead.original,
        });
        let raw = RawWrite {
            producer: ProducerId(request.producer),
            epoch: request.epoch,
            sequence: request.sequence,
            table: request.table,
            rows_ipc: request.rows_ipc,
            first_row: request.first_row,
            source_rows: request.source_rows,
            rejected: rejected.collect(),
        };
        let recorded = self.service.write(raw).await.map_err(status)?;
        Ok(Response::new(WriteResponse {
            log_index: recorded.index.0,
            rows: recorded.rows,
            rejected: recorded.rejected,
            created: recorded.created,
            durability: LOCAL_FSYNC.to_owned(),
        }))
    }

    async fn close_load(
        &self,
        request: Request<CloseLoadRequest>,
    ) -> Result<Response<CloseLoadResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).close_load(forwarded(request)).await;
        }
        let request = request.into_inner();
        let producer = ProducerId(request.producer);
        let closed = self
            .service
            .close_load(producer, request.epoch, request.sequences)
            .await
            .map_err(status)?;
        Ok(Response::new(CloseLoadResponse {
            load: Some(load(closed)),
        }))
    }

    async fn list_loads(
        &self,
        _request: Request<ListLoadsRequest>,
    ) -> Result<Response<ListLoadsResponse>, Status> {
        let loads = self.service.list_loads().map_err(status)?;
        let loads = loads.into_iter().map(load).collect();
        Ok(Response::new(ListLoadsResponse { loads }))
    }
}

fn load(load: service::Load) -> Load {
    Load {
        producer: load.state.producer.0,
        epoch: load.state.epoch,
        last_sequence: load.state.last_sequence,
        finished: load.state.finished,
        first_log_index: load.state.first_index.0,
        last_log_index: load.state.last_index.0,
        rows: load.state.rows,
        rejected: load.state.rejected,
        created: load.state.created,
        table: load.table.to_string(),
        file: load.file,
        file_bytes: load.bytes,
        settled_log_index: load.settled.0,
    }
}
