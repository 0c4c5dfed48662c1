//! The coordinator: the Raft log, the catalog behind it, the sequencer, placement, questions and
//! the public API.
//!
//! ```text
//! server ─▶ grpc ─▶ service ─▶ { raft · sequencer · query · identity · journal } ─▶ core
//! ```
//!
//! Owns the order of everything. Must not hold rows or tags: those are the workers'.

mod clock;
mod error;
mod grpc;
mod identity;
mod journal;
mod query;
pub mod raft;
mod sequencer;
mod served;
mod server;
mod service;
mod settings;
mod tasks;
#[cfg(test)]
mod testing;

pub use self::error::{Error, Result};
pub use self::grpc::WorkerConnector;
pub use self::sequencer::original_of_row;
pub use self::server::Coordinator;
pub use self::settings::{CheckpointLimits, CleanLimits, Settings};
pub use tagma_identity::{HashKey, create_key_file, load_key_file};
