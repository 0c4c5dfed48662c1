//! Parquet files.
//!
//! Owns their columns, nested ones flattened (`a.b` is column `a_b`), and their values as those of
//! a table.

mod chunks;
mod column;
mod flat;
mod scan;

pub(crate) use self::chunks::ParquetChunks;
pub(crate) use self::scan::scan_parquet;
