//! Evaluation of a bound value for one person: three-valued logic, exact numbers.
//!
//! Operands of AND and OR are all evaluated, so an error never depends on their order; CASE and
//! COALESCE evaluate only what they choose. The engine does the same chunk by chunk.

mod compare;
mod error;
mod eval;
mod logic;
mod number;
mod person;
mod text;
mod time;

pub use self::compare::compare_values;
pub use self::error::EvalError;
pub use self::eval::{ValueOf, eval};
pub use self::person::{contains_person, matches};

#[cfg(test)]
mod tests;
