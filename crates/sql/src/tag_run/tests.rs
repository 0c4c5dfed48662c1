//! Whole runs of tags over a small shard in memory.

mod local;
mod meaning;
mod values;
