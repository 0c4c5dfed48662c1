//! The gRPC service over [`Receiver`].

use tagma_proto::MESSAGE_BYTES_MAX;
use tagma_proto::pb::raft::v1 as pb;
use tagma_proto::pb::raft::v1::raft_service_server::{RaftService, RaftServiceServer};
use tonic::{Request, Response, Status, Streaming};

use super::receiver::Receiver;

/// The service to add to the coordinator's server.
pub type RaftServer = RaftServiceServer<RaftCalls>;

/// Implementation of the service.
pub struct RaftCalls(Receiver);

/// The service of one node.
pub(crate) fn server(receiver: Receiver) -> RaftServer {
    RaftServiceServer::new(RaftCalls(receiver))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}

#[tonic::async_trait]
impl RaftService for RaftCalls {
    async fn vote(
        &self,
        request: Request<pb::VoteRequest>,
    ) -> Result<Response<pb::VoteResponse>, Status> {
        self.0.vote(request.into_inner()).await.map(Response::new)
    }

    async fn append_entries(
        &self,
        request: Request<pb::AppendEntriesRequest>,
    ) -> Result<Response<pb::AppendEntriesResponse>, Status> {
        self.0
            .append_entries(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn install_snapshot(
        &self,
        request: Request<Streaming<pb::InstallSnapshotRequest>>,
    ) -> Result<Response<pb::InstallSnapshotResponse>, Status> {
        self.0
            .install_snapshot(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn transfer_leader(
        &self,
        request: Request<pb::TransferLeaderRequest>,
    ) -> Result<Response<pb::TransferLeaderResponse>, Status> {
        self.0
            .transfer_leader(request.into_inner())
            .await
            .map(Response::new)
    }

    async fn read_index(
        &self,
        request: Request<pb::ReadIndexRequest>,
    ) -> Result<Response<pb::ReadIndexResponse>, Status> {
        self.0
            .read_index(request.into_inner())
            .await
            .map(Response::new)
    }
}

/// Serves one node alone, for tests; the coordinator adds the service to its own server.
#[cfg(test)]
pub(crate) async fn serve(
    service: RaftServer,
    connections: tokio_stream::wrappers::TcpListenerStream,
) -> Result<(), tonic::transport::Error> {
    tonic::transport::Server::builder()
        .add_service(service)
        .serve_with_incoming(connections)
        .await
}
