//! The worker: owns shards, follows the journal, stores rows, runs tags, answers questions.
//!
//! Layers: `server` puts a worker together; `grpc` converts and calls `service`; `service` checks
//! (cluster, epochs, indexes) and calls `exec`; `exec` computes over snapshots of `shard` and the
//! sections in `tags`; `agent` talks to coordinators, `tasks` keep shards in shape.

pub mod agent;
pub mod shard;
#[cfg(test)]
mod testing;
