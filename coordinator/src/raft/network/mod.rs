//! The calls between coordinators.
//!
//! `Caller` is openraft's network over any `Transport`, `Receiver` answers. Two transports: gRPC,
//! and, in tests, direct calls within the process. Must not know what an entry means.

#![allow(
    clippy::result_large_err,
    reason = "a gRPC status is what a transport returns"
)]

mod caller;
mod convert;
#[cfg(test)]
pub(crate) mod direct;
mod grpc;
mod heard;
mod peers;
mod receiver;
mod server;
mod transport;

pub(crate) use self::caller::Callers;
pub(crate) use self::grpc::GrpcTransport;
pub(crate) use self::heard::LeaderHeard;
pub(crate) use self::peers::{Peers, PeersOver};
pub(crate) use self::receiver::Receiver;
#[cfg(test)]
pub(crate) use self::server::serve;
pub(crate) use self::server::server;
pub use self::server::{RaftCalls, RaftServer};
pub(crate) use self::transport::Transport;
