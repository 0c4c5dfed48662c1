//! Answers: computed over snapshots of shards and the sections of tags.
//!
//! Owns the threads that compute. Must not check who may ask what (`service`) nor change a shard.

mod count;
mod dead_letters;
mod error;
mod identities;
mod members;
mod moving;
mod person;
mod pool;
mod run_tags;
mod section_cursor;
mod snapshot;
mod sql_threads;
mod stored_rows;
mod units;
mod unknown;

pub use self::count::{Counts, count};
pub use self::dead_letters::{FoundLetters, Letters, dead_letters};
pub use self::error::{Error, Result};
pub use self::identities::{Identifiers, IdentityReader};
pub use self::members::{BATCH_PEOPLE, MemberStream, MembersOf, members};
pub use self::moving::{Collect, Leaver, Moving, collect_rows};
pub use self::person::{PersonAnswer, person};
pub use self::pool::{BrokenOff, Pool};
#[cfg(test)]
pub(crate) use self::run_tags::tables;
pub use self::run_tags::{JobOf, Pack, run_tags};
pub use self::snapshot::{Sections, Snapshot};
pub use self::sql_threads::SqlThreads;
pub use self::units::{Target, spread};
