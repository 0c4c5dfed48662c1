//! The demo's world.

pub(crate) mod generate;
pub(crate) mod score;
#[cfg(test)]
mod tests;

use clap::Subcommand;

/// Make a world of customers to try Tagma on, and score what it makes of them
#[derive(Debug, Subcommand)]
pub(crate) enum DemoVerb {
    Generate(generate::GenerateArgs),
    Score(score::ScoreArgs),
}
