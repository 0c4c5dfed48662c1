//! The heart of Tagma: who is in a segment, chunk by chunk, and what value a tag has.
//!
//! Owns the tag section format ([`section`]), the population of a shard through time ([`alive`])
//! and the evaluation of segments over both ([`eval`]). It takes bytes and chunk ranges: no IO, no
//! threads, no clock, no async. The only crate that names `roaring`.

pub mod alive;
pub mod chunk;
pub mod eval;
mod kernel;
pub mod section;
mod set;
#[cfg(test)]
mod testing;

pub use set::{InvalidSet, OrdinalSet};
