//! The sequencer: one task on the leader that orders everything that reads or changes identity.
//!
//! Writes are prepared beside it (parsed, normalised, hashed), resolved by it in order on staged
//! identity layers, put in parallel, proposed in order bound to the leader's term, and acked when
//! `apply` has accepted them. A put or proposal that fails drops its layer and all later ones.
//!
//! ```text
//! prepared write ─▶ queue ─▶ batch ─▶ resolve ─▶ put (≤ 4) ─▶ propose in order ─▶ ack
//!                             └ closes at 8 MiB, 1,000 requests, 50 ms, or when none is under way
//! ```

mod batch_rows;
mod build;
mod built_in_rows;
mod early;
#[cfg(test)]
mod fixture;
mod handle;
mod landing;
mod lead;
mod operate;
mod original;
mod pending;
mod people;
mod prepare;
mod rows;
mod task;
#[cfg(test)]
mod tests;

pub use self::original::of_row as original_of_row;

pub(crate) use self::handle::SequencerHandle;
pub(crate) use self::landing::{Leaving, Returning};
pub(crate) use self::operate::{Named, NamedIdentifier, PeopleChange};
pub(crate) use self::prepare::{DeadRow, Preparer, RawWrite};
pub(crate) use self::task::Sequencer;
