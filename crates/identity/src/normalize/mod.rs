//! Raw text of an identifier → the value that is compared, or the reason why it identifies nobody.
//!
//! Owns normalisers, blocked values and the phone tables. A change that gives any value another
//! result raises [`NORMALIZE_VERSION`], for hashes in map files were made with the old one.
//! Must not keep or log a value.

mod blocked;
mod normalized;
mod phone;
mod region;
mod rule;
mod text;

pub use self::normalized::{NORMALIZE_VERSION, Normalized, normalize};
pub use self::rule::{InvalidRule, TypeRule};

#[cfg(test)]
mod tests;
