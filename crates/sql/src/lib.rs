//! SQL over the rows and tags of a shard, on DataFusion.
//!
//! Owns
//! - [`run`]: the format of flushed rows, its compaction and its verified reading;
//! - [`tables`]: what a query can read, at one index;
//! - [`columns`]: columns of stored rows by name and type;
//! - [`session`]: what SQL may use and what it means;
//! - [`guard`]: which texts become queries at all;
//! - [`analyse`]: whether a shard can answer a query alone;
//! - [`tag_run`]: one run of a tag over one shard.
//!
//! Each names the traps of DataFusion that it handles in its own docs. Must not write objects,
//! know the log, or decide when something runs. The only crate that names `datafusion`.
//!
//! A worker makes one [`SqlRuntime`], on a tokio runtime whose threads have at least 16 MiB of
//! stack, encodes hot rows with [`encode_run`], compacts with [`merge_runs`], and computes tags
//! with [`run_tag`] over [`TableAt`]s and a [`PeopleSource`].

pub mod analyse;
mod arrow_types;
pub mod columns;
pub mod guard;
pub mod run;
pub mod session;
pub mod tables;
pub mod tag_run;
#[cfg(test)]
mod test_world;

pub use arrow_types::{column_data_type, column_type, stored_schema};
pub use run::{EncodedRun, RunMeta, RunOptions, encode_run, merge_runs};
pub use session::{SqlRuntime, SqlRuntimeOptions};
pub use tables::{PeopleSource, TableAt, TagReader, tag_array};
pub use tag_run::{RunReport, ShardAt, TagSpec, check_tag, run_tag};
