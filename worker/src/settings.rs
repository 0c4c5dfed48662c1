//! What an operator can set about a worker.

use std::path::PathBuf;
use std::time::Duration;

use crate::shard::UpkeepLimits;

/// Settings of a worker, validated by [`crate::Worker::start`].
#[derive(Debug, Clone)]
pub struct Settings {
    /// Stable name: the same name is the same worker after a restart.
    pub name: String,
    /// Where coordinators reach it, `http://host:port`.
    pub address: String,
    /// Folder for queries that do not fit into memory.
    pub spill_dir: PathBuf,
    /// Bytes that it may grow to.
    pub spill_bytes: u64,
    /// Bytes that all queries together may hold.
    pub sql_memory_bytes: usize,
    /// Bytes of tag sections held in memory.
    pub tag_cache_bytes: usize,
    /// Verified blocks of 64 KiB of runs held in memory.
    pub cached_blocks: usize,
    /// Threads that evaluate segments.
    pub exec_threads: usize,
    /// Threads that run SQL.
    pub sql_threads: usize,
    /// How often each coordinator is told how far the shards are.
    pub heartbeat: Duration,
    /// Silence of all coordinators after which nothing is answered.
    pub contact_limit: Duration,
    /// When shards flush and merge.
    pub upkeep: UpkeepLimits,
}

impl Settings {
    /// Usual settings of the worker `name` at `address`.
    pub fn new(name: &str, address: &str, spill_dir: PathBuf) -> Self {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
            spill_dir,
            spill_bytes: 16 << 30,
            sql_memory_bytes: 1 << 30,
            tag_cache_bytes: 1 << 30,
            cached_blocks: 4_096,
            exec_threads: threads,
            sql_threads: threads,
            heartbeat: Duration::from_millis(100),
            contact_limit: Duration::from_secs(5),
            upkeep: UpkeepLimits::default(),
        }
    }
}
