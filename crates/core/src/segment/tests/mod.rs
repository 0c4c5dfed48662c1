//! Tests of the language: text, tree and back.

mod errors;
pub(in crate::segment) mod generate;
mod limits;
mod lowering;
mod round_trip;
