//! Runs: immutable, sorted, checksummed rows of one table of one shard.
//!
//! Owns the format, its writer, its compaction and the only way by which stored rows are read.
//! Must not write objects (the worker does) nor know what is visible at an index.
//!
//! A run is a range of an object, by default all of it:
//!
//! | bytes | content |
//! | --- | --- |
//! | 0 to `data_bytes` | the sections, one after the other, each a complete Parquet file |
//! | `data_bytes` to `bytes` | CRC-32C (u32, little-endian) of each 64 KiB of the sections |
//!
//! The checksums exist because Parquet notices few flipped bits; their own checksum is in
//! [`RunMeta`]. A section holds rows of one event (if that has at least `section_rows` rows in
//! the run) or all others; each is sorted by (oneid, time, _seq), see [`sort_columns`].

mod checks;
mod cursor;
mod encode;
mod error;
mod merge;
mod meta;
mod order;
mod properties;
mod run_writer;
mod section_file;
mod section_writer;
mod split;
#[cfg(test)]
mod tests;
mod verified;

pub(crate) use self::encode::as_read;
pub use self::encode::encode_run;
pub use self::error::{Error, find};
pub use self::merge::merge_runs;
pub use self::meta::{Bounds, Partition, RunMeta, SectionMeta};
pub use self::order::sort_columns;
pub(crate) use self::order::sorted;
pub use self::run_writer::{EncodedRun, RunOptions};
pub use self::verified::{BlockReader, VerifiedStore, section_path};
