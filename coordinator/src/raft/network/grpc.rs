//! Calls over gRPC. Connections are made when first needed, kept, and made anew when they break.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use parking_lot::Mutex;
use tagma_proto::MESSAGE_BYTES_MAX;
use tagma_proto::pb::raft::v1 as pb;
use tagma_proto::pb::raft::v1::raft_service_client::RaftServiceClient;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

use super::transport::{Route, Transport};

const CONNECT_TIME: Duration = Duration::from_secs(1);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEP_ALIVE_TIME: Duration = Duration::from_secs(2);

type Client = RaftServiceClient<Channel>;

/// Shared connections.
#[derive(Clone, Default)]
pub(crate) struct GrpcTransport {
    clients: Arc<Mutex<BTreeMap<Route, Client>>>,
}

impl GrpcTransport {
    fn client(&self, to: &Route) -> Result<Client, Status> {
        let mut clients = self.clients.lock();
        if let Some(client) = clients.get(to) {
            return Ok(client.clone());
        }
        let client = connect(&to.address)?;
        clients.insert(to.clone(), client.clone());
        Ok(client)
    }
}

/// A client that connects at its first call.
fn connect(address: &str) -> Result<Client, Status> {
    let url = match address.contains("://") {
        true => address.to_owned(),
        false => format!("http://{address}"),
    };
    let endpoint = Endpoint::from_shared(url)
        .map_err(|error| Status::unavailable(format!("{address} is no address: {error}")))?
        .connect_timeout(CONNECT_TIME)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIME)
        .keep_alive_while_idle(true);
    Ok(RaftServiceClient::new(endpoint.connect_lazy())
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX))
}

impl Transport for GrpcTransport {
    async fn vote(&self, to: &Route, request: pb::VoteRequest) -> Result<pb::VoteResponse, Status> {
        Ok(self.client(to)?.vote(request).await?.into_inner())
    }

    async fn append_entries(
        &self,
        to: &Route,
        request: pb::AppendEntriesRequest,
    ) -> Result<pb::AppendEntriesResponse, Status> {
        Ok(self.client(to)?.append_entries(request).await?.into_inner())
    }

    async fn install_snapshot(
        &self,
        to: &Route,
        parts: impl Stream<Item = pb::InstallSnapshotRequest> + Send + 'static,
    ) -> Result<pb::InstallSnapshotResponse, Status> {
        Ok(self.client(to)?.install_snapshot(parts).await?.into_inner())
    }

    async fn transfer_leader(
        &self,
        to: &Route,
        request: pb::TransferLeaderRequest,
    ) -> Result<pb::TransferLeaderResponse, Status> {
        Ok(self
            .client(to)?
            .transfer_leader(request)
            .await?
            .into_inner())
    }

    async fn read_index(
        &self,
        to: &Route,
        request: pb::ReadIndexRequest,
    ) -> Result<pb::ReadIndexResponse, Status> {
        Ok(self.client(to)?.read_index(request).await?.into_inner())
    }
}
