//! Measurements of a running cluster from a client's side.

pub(crate) mod contains;
pub(crate) mod count;
mod latency;

use clap::Subcommand;

/// Measure how fast a running cluster answers
#[derive(Debug, Subcommand)]
pub(crate) enum BenchVerb {
    Count(count::BenchCountArgs),
    Contains(contains::BenchContainsArgs),
}
