//! Servers: everything in one process, or one role of a cluster.

pub(crate) mod coordinator;
mod grpc;
mod key;
mod log;
mod metrics;
mod parts;
mod peers;
mod signals;
mod tuning;
pub(crate) mod up;
pub(crate) mod worker;
