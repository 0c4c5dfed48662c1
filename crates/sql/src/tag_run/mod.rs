//! Runs a tag's SQL over one shard.
//!
//! Owns the way from text to a stream of (person, value): guard, plan, analysis, execution, and
//! the check that each value is one of the tag's. Must not store values: the caller's sink does.

mod check;
mod deadline;
mod error;
mod job;
mod no_people;
mod plan;
mod rows;
#[cfg(test)]
mod tests;
mod values;

pub use self::check::check_tag;
pub use self::error::Error;
pub use self::job::{RunReport, ShardAt, Sink, TagSpec, run_tag};
