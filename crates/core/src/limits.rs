//! Every bound of the system as a named constant, with its unit and reason.

/// Ordinals in a chunk: one Roaring container, 8 KiB as a bitmap, cache-sized as codes.
pub const CHUNK_ORDINALS: u32 = 65_536;

/// Greatest shard number: keeps a packed OneID positive as Int64 and exact in JSON.
pub const SHARDS_MAX: u16 = 32_767;

/// Bits of a [`crate::RowSeq`] that hold the row within its entry.
pub const ROW_BITS: u32 = 23;

/// Rows in one journal entry, exclusive.
pub const ROWS_PER_ENTRY_MAX: u32 = 1 << ROW_BITS;

/// Bytes of segment text.
pub const SEGMENT_TEXT_BYTES_MAX: usize = 256 * 1024;

/// Nodes of a segment tree, nested segments counted where they are expanded.
pub const SEGMENT_NODES_MAX: usize = 10_000;

/// Depth of a segment tree, nested segments counted where they are expanded.
pub const SEGMENT_DEPTH_MAX: usize = 64;

/// Bytes after which a batch closes.
pub const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Bytes that ever came to a reference table: each shard has a copy of it, and each query that
/// joins it holds the newest versions in memory.
pub const REFERENCE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Bytes of all copies of one request of a reference table.
pub const REFERENCE_COPIES_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Requests after which a batch closes.
pub const BATCH_REQUESTS: usize = 1_000;

/// Batches that are put at the same time.
pub const BATCHES_IN_FLIGHT: usize = 4;

/// People of one shard whose merges land by one entry.
pub const PEOPLE_PER_LANDING: usize = 16_384;

/// Bytes of a data entry in the Raft log.
pub const DATA_ENTRY_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a catalog entry in the Raft log.
pub const CATALOG_ENTRY_BYTES_MAX: usize = 1024 * 1024;

/// Hot rows of one table after which a shard flushes it.
pub const FLUSH_ROWS: usize = 262_144;

/// Bytes of hot rows after which a shard flushes.
pub const FLUSH_BYTES: usize = 64 * 1024 * 1024;

/// Seconds after which a shard with hot rows flushes.
pub const FLUSH_SECONDS: u64 = 30;

/// Rows of one event type that earn a section of their own in a run.
pub const SECTION_ROWS: usize = 131_072;

/// Runs in a level before compaction merges them.
pub const RUNS_PER_LEVEL_MAX: usize = 4;

/// Bytes of a pack of tag sections.
pub const PACK_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Seconds for which an index stays readable by default.
pub const RETENTION_SECONDS_DEFAULT: u64 = 24 * 60 * 60;

/// Shards of a new cluster unless told otherwise.
pub const SHARDS_DEFAULT: u16 = 4;

/// Bytes of a name: tag, table, segment, column, identifier type.
pub const NAME_BYTES_MAX: usize = 128;

/// Versions of a tag that are kept unless its document says otherwise.
pub const TAG_HISTORY_DEFAULT: u32 = 30;

/// Merges that one identifier may decide unless its type says otherwise: a shared till, a test
/// account or a call centre's number links everybody, a person's own identifier links few.
pub const IDENTIFIER_QUARANTINE_DEFAULT: u32 = 50;

/// Origins that one person may consist of after a merge by rules; an operator may join more.
pub const PEOPLE_PER_MERGE_MAX: usize = 50;

/// OneIDs that a person may consist of who is given back by one unmerge: their list stands in the
/// entry, and in the catalog until all rows are back.
pub const ORIGINS_PER_UNMERGE: usize = 8_192;
