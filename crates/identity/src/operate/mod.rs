//! What an operator changes about people: merge, unmerge, unbind, lift, release.
//!
//! Pure: each function looks at a map, staged layers included, and gives the layer that carries the
//! change out once it is staged, or says why there is none. Must not change the map or wait.

mod error;
mod identifier;
mod people;

pub use self::error::Error;
pub use self::identifier::{Unbound, release, unbind};
pub use self::people::{Joined, Parted, lift, merge, unmerge};

#[cfg(test)]
mod tests;
