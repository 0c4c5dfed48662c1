//! The identity map: identifier → origin OneID at every readable index.
//!
//! Owns how a checkpoint, folded runs and staged layers answer as one. Must not read files itself
//! ([`crate::file`] does) or decide who a record is ([`crate::resolve`] does).

mod batch_lookup;
mod days;
mod error;
mod identity_map;
mod origin;
mod runs;

pub(crate) use self::days::Days;
pub use self::days::utc_day;
pub use self::error::Error;
pub(crate) use self::identity_map::Dated;
pub use self::identity_map::IdentityMap;
pub use self::origin::{Attached, Origin};

#[cfg(test)]
mod tests;
