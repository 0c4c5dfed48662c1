//! The worker on the wire: what it serves, and its line to the coordinators.
//!
//! Converts and calls; decides nothing.

mod convert;
mod deadline;
mod home;
mod shard;
mod tables;

use std::sync::Arc;

use tagma_proto::MESSAGE_BYTES_MAX;
use tagma_proto::pb::shard::v1::shard_service_server::ShardServiceServer;

pub use self::home::GrpcHome;
pub use self::shard::ShardGrpc;
use crate::server::WorkerHandle;

/// What a worker serves: for a listener, or for a channel within the process.
pub fn shard_service(worker: &WorkerHandle) -> ShardServiceServer<ShardGrpc> {
    ShardServiceServer::new(ShardGrpc::new(Arc::clone(worker.service())))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX)
}
