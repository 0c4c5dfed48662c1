//! What a query can read: the tables of one shard at one index, and its people.
//!
//! Owns visibility (which rows exist at an index), the names by which columns are read, and the
//! order that scans promise. Must not build sessions nor judge queries.
//!
//! Traps of DataFusion that are handled here:
//! - files that overlap within one group silently lose their order: each section is a group of
//!   its own, and a scan is one opaque leaf (`exec`) that no optimiser rule takes apart;
//! - two `Hash` partitionings with equal counts are taken as co-partitioned: no scan ever claims
//!   one, each has a single partition;
//! - Parquet text is read as views by default, another type than the table says: switched off.

mod departed;
mod engine_people;
mod error;
#[cfg(test)]
mod evolution_tests;
mod exec;
mod exposure;
mod hot;
mod latest;
mod newest;
#[cfg(test)]
mod newest_tests;
mod people;
mod people_exec;
mod predicate;
mod scan;
mod sections;
mod shard_table;
mod table_at;
mod tag_array;
#[cfg(test)]
mod tests;

pub use self::departed::{Departed, Left};
pub use self::engine_people::{EnginePeople, EngineTag};
pub use self::error::PeopleError;
pub(crate) use self::exposure::midnights;
pub use self::people::{PEOPLE, PeopleSource, PeopleTable, TagReader};
pub(crate) use self::sections::RUNS_URL;
pub use self::shard_table::ShardTable;
pub use self::table_at::TableAt;
pub use self::tag_array::tag_array;
