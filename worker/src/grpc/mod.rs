//! The worker on the wire: what it serves, and its line to the coordinators.
//!
//! Converts and calls; decides nothing.

mod convert;
mod deadline;
mod home;
mod shard;
mod tables;

pub use self::home::GrpcHome;
pub use self::shard::{ShardGrpc, shard_service};
