//! Random inputs for the tests of this crate, each from a seed that is printed when a test fails.

pub(crate) mod column;
mod random;

pub(crate) use random::{Random, for_seeds};
