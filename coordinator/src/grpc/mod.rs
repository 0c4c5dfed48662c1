//! The wire: one file per service. Converts, calls a use-case, converts; nothing else.

mod catalog;
mod cluster;
mod convert;
mod dead_letter;
mod expression;
mod forward;
mod identity;
mod ingest;
mod journal;
mod registry;
mod routes;
mod segment;
mod shard_client;
mod tag;

pub(crate) use self::routes::routes;
pub(crate) use self::shard_client::ShardClients;
pub use self::shard_client::WorkerConnector;
