//! The handle on a running node.
//!
//! Owns start and stop, proposals, leadership, reads. The consensus runs on a runtime of its own,
//! so that queries and loads never delay a heartbeat.

mod contact;
mod handle;
mod leadership;
mod propose;
mod read;
mod runtime;
mod start;

pub use self::handle::RaftNode;
pub use self::leadership::Leadership;
pub use self::propose::{Applied, ProposeError, Submitted};

#[cfg(test)]
mod tests;
