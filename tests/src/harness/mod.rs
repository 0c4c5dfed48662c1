//! Real `tagma` processes for tests: a server, a cluster, a client, all on free loopback ports.
//!
//! Owns starting, waiting, killing and restarting them; knows nothing of what a test asks.
//! Everything is killed when dropped; a wait is bounded and tells the end of the log.

mod binary;
mod client;
mod cluster;
mod ports;
mod process;
mod server;
mod wait;

pub use binary::{binary, has_crash_points};
pub use client::{Client, Refused};
pub use cluster::{Cluster, Flags};
pub use ports::free_address;
pub use process::{Process, Program};
pub use server::Server;
pub use wait::{PATIENCE, wait_until};
