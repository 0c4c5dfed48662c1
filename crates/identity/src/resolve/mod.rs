//! Who a record is: the pure part of the sequencer.
//!
//! Owns the rules from known identifiers to one person, where new people are placed, and the layer
//! that results. Must not do IO of its own, wait, or depend on anything but its inputs.

mod created;
mod creation_order;
mod error;
mod placement;
mod record;
mod resolution;
mod resolver;

pub use self::creation_order::CreationOrder;
pub use self::error::Error;
pub use self::placement::Placement;
pub use self::record::{RecordIdentifier, Records};
pub use self::resolution::{Rejection, Resolution, Resolved};
pub use self::resolver::Resolver;

#[cfg(test)]
mod tests;
