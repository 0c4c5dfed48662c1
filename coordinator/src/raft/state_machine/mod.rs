//! The catalog behind the log: applies committed entries, publishes what came out, makes snapshots.
//!
//! Owns the live catalog. Must not do IO while applying; snapshots are encoded and written aside.

mod builder;
mod feed;
mod machine;
mod published;

pub use self::feed::{AppliedEntry, Feed, FeedEvent};
pub(crate) use self::machine::StateMachine;
pub(crate) use self::published::{Position, Published};

#[cfg(test)]
mod tests;
