//! Precision and recall of an assignment against the truth.

mod assignment;
mod pairs;
mod run;
#[cfg(test)]
mod tests;
mod truth_index;

pub(crate) use self::pairs::Pairs;
pub(crate) use self::run::{Score, score};
