//! Segments against the oracle, without any server: text, tree, wire, plan and engine in one
//! process.
//!
//! A test that finds a difference names the seed and the command that reproduces it, and the
//! smallest expression that still differs. `TAGMA_SEED` replaces the fresh seeds of a run.

mod check;
mod cluster;
mod errors;
mod explain;
mod known_bug;
mod metamorphic;
mod random;
mod scope;
mod seeds;
