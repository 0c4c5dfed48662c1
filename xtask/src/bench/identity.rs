//! Resolution of identifiers alone: the identity crate's own benchmark, its figure taken over.

use anyhow::{Context, Result};

use super::report::{Figure, Report, Target};
use crate::cargo::Workspace;
use crate::stage::Stage;

const IDENTIFIERS_PER_SECOND: f64 = 1_000_000.0;
/// Identifiers of the run.
const IDENTIFIERS: &str = "3000000";

/// Runs it, shows what it prints.
pub(crate) fn measure(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let bench = [
        "bench",
        "--locked",
        "-p",
        "tagma-identity",
        "--bench",
        "resolve",
    ];
    let mut rate = None;
    Stage::cargo(workspace, "identity", &bench)
        .program_args(&[IDENTIFIERS])
        .run_watched(|line| {
            println!("  {line}");
            rate = rate.or_else(|| rate_of(line));
        })?;
    let rate = rate.context("the benchmark told no rate")?;
    report.add(
        Figure::new(
            "hash, resolve, stage identifiers",
            rate,
            "identifiers/s, median",
        )
        .target(Target::AtLeast(IDENTIFIERS_PER_SECOND)),
    );
    Ok(())
}

/// The figure of `all three … ns: 1.23 M identifiers a second`.
fn rate_of(line: &str) -> Option<f64> {
    let (before, _) = line.split_once(" M identifiers a second")?;
    let millions: f64 = before.rsplit(' ').next()?.parse().ok()?;
    line.contains("all three").then_some(millions * 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_all_steps() {
        let line = "  all three           512 ns: 1.95 M identifiers a second";
        assert_eq!(rate_of(line), Some(1_950_000.0));
        let other = "  with checkpoints              1.20 M identifiers a second";
        assert_eq!(rate_of(other), None);
    }
}
