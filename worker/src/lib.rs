//! The worker: owns shards, follows the journal, stores rows, runs tags, answers questions.
//!
//! Layers: `server` puts a worker together; `grpc` converts and calls `service`; `service` checks
//! (cluster, epochs, indexes) and calls `exec`; `exec` computes over snapshots of `shard` and the
//! sections in `tags`; `agent` talks to coordinators, `tasks` keep shards in shape.

pub mod agent;
pub mod exec;
pub mod grpc;
pub mod metrics;
pub mod server;
pub mod service;
pub mod settings;
pub mod shard;
pub mod tags;
pub mod tasks;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use self::grpc::{GrpcHome, shard_service};
pub use self::server::{Worker, WorkerHandle};
pub use self::settings::Settings;
