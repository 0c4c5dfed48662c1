//! Evaluates a bound segment over one shard, a chunk at a time.
//!
//! [`Program::compile`] brings a plan to the shard's sections: conditions on one tag become sets of
//! raw values (a category's texts, a number's ranges) that kernels test code by code; what is left
//! is computed person by person. [`Evaluator`] runs a program over chunk ranges of a
//! [`ShardView`], and answers about single persons.
//!
//! Above leaves, sets; in a leaf, SQL's three-valued logic, of which only TRUE is in the set.
//!
//! **Errors do not depend on the way of evaluation.** A leaf that may fail (a product of more than
//! 38 digits, a date beyond the year 9999) is computed for every living person of a chunk before
//! anything else is looked at, so a count fails if and only if the leaf fails for somebody alive
//! in the chunks asked for, whatever the order of conditions. The error is that of the first chunk,
//! there the first such leaf in order of the plan, there the smallest ordinal. About one person,
//! every leaf is computed likewise.

mod compile;
mod computed;
mod domain;
mod error;
mod estimate;
mod evaluator;
mod fallible;
mod interval;
mod leaf;
mod narrow;
mod person;
mod program;
mod scan;
#[cfg(test)]
mod tests;
mod values;

pub use error::Error;
pub use evaluator::{Evaluator, ShardView};
pub use person::LeafAnswer;
pub use program::Program;
