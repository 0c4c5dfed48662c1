//! The forest of merges over OneIDs: who somebody is now, and who they were at an index.
//!
//! Owns edges (loser → survivor) with the indexes at which they were decided, landed and cut, who
//! is kept apart, and which identifiers are in quarantine. Must not decide merges: it only refuses
//! what is not a forest.

mod change;
mod edge;
mod error;
mod tree;

pub use self::change::{Evidence, ForestChange};
pub use self::edge::Edge;
pub use self::error::Error;
pub use self::tree::Forest;

pub(crate) use self::change::CHANGE_BYTES;
