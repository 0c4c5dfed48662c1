//! What a random test tells of a difference that it finds: the seed, the command that repeats it,
//! the smallest expression that still differs.
//!
//! Owns no question and no answer.

mod difference;
mod seeds;
mod shrink;

pub use self::difference::Difference;
pub use self::seeds::{Named, Run, command, fresh_seed, runs};
pub use self::shrink::smallest;
