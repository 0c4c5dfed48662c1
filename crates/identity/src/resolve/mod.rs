//! Who a record is: the pure part of the sequencer.
//!
//! Owns the rules from identifiers to one person and from people to one, where new people are
//! placed, and the layer that results. Must not do IO of its own, wait, or depend on anything but
//! its inputs.

mod batch;
mod candidates;
mod created;
mod creation_order;
mod error;
mod objection;
mod placement;
mod record;
mod resolution;
mod resolver;
mod rules;
mod settle;

pub use self::creation_order::CreationOrder;
pub use self::error::Error;
pub use self::placement::Placement;
pub use self::record::{RecordIdentifier, Records};
pub use self::resolution::{
    DropReason, Dropped, Merge, Rejection, Resolution, Resolved, RuleCounts,
};
pub use self::resolver::Resolver;
pub use self::rules::Rules;

#[cfg(test)]
pub(crate) mod tests;
