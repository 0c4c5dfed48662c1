//! One owned shard: what it holds, how it follows the journal, how it is stored and found again.
//!
//! Owns shard state and the objects of a shard (manifests, runs). Must not answer questions
//! (`exec`), nor decide what is owned (`agent`).
//!
//! One writer: the tail applies entries, flush and compaction exchange rows in memory for runs;
//! all three go through [`Shard`]. Readers take snapshots, which nothing disturbs.

mod clean;
mod commit;
mod compaction;
mod error;
mod flush;
mod handle;
mod limits;
mod manifest;
mod open;
mod partition;
mod schemas;
mod section;
mod state;
mod tail;
#[cfg(test)]
mod tests;
mod upkeep;

pub use self::clean::{Dead, clean};
pub use self::compaction::compact;
pub use self::error::{Error, Result};
pub use self::flush::flush;
pub use self::handle::{Shard, Status};
pub use self::limits::UpkeepLimits;
pub use self::manifest::{Checkpoint, Garbage, ShardManifest, TableManifest};
pub use self::open::open;
pub use self::schemas::{Schemas, built_in};
pub use self::section::Section;
pub use self::state::{HotRows, ShardState, TableState};
pub use self::tail::follow;
pub use self::upkeep::Upkeep;
