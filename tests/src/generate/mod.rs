//! Random worlds, and random questions about them, from a seed.
//!
//! Owns what is drawn; what an answer is comes from the oracle alone. The same seed gives the same
//! world and the same questions for ever within one build.

mod coverage;
mod expr;
pub mod history;
mod shape;
#[cfg(test)]
mod tests;
mod values;
mod world;

pub use self::coverage::{Coverage, FEATURES, depth, features};
pub use self::expr::{DEPTH_MAX, Generator, Question};
pub use self::shape::WorldShape;
pub use self::world::{layout, random_world};
