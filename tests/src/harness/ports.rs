//! Ports of the loopback for servers that are restarted on them.
//!
//! Taken from below the range that systems give to outgoing connections, so that a port stays
//! free while its server is down.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Result, bail};

const FIRST: u32 = 12_000;
const COUNT: u32 = 20_000;

/// How many ports this process has looked at.
static LOOKED_AT: AtomicU32 = AtomicU32::new(0);

/// An address that nobody listens on, never given twice by one process.
///
/// # Errors
/// Where all are taken.
pub fn free_address() -> Result<SocketAddr> {
    // Test processes at the same time start far from each other.
    let start = std::process::id().wrapping_mul(211);
    for _ in 0..COUNT {
        let step = LOOKED_AT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + start.wrapping_add(step) % COUNT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port)?));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port from {FIRST} on")
}
