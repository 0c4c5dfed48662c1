//! `cargo xtask test`: the one test command. Builds every binary and test of the workspace once,
//! then runs all tests and doc tests, counting them from the output that passes by.

use anyhow::{Result, bail};

use crate::cargo::Workspace;
use crate::stage::Stage;
use crate::test_output::{Totals, Watcher};

/// The crate that owns the `tagma` binary, and its feature with the named fail points.
const BINARY_CRATE: &str = "crates/cli/Cargo.toml";
const FAILPOINTS: &str = "failpoints";

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail if a test is ignored or prints `skipped: …` (also when the variable CI is set)
    #[arg(long)]
    no_skip: bool,
}

/// Runs all tests and prints `N passed, M failed` as the last line.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::locate()?;
    let strict = arguments.no_skip || std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    let totals = run_all(&workspace, strict)?;
    println!("{totals}");
    Ok(())
}

/// Builds, runs every test, and returns the totals; an error (after printing the totals) if a
/// stage failed, or if `strict` and something was ignored or skipped.
pub(crate) fn run_all(workspace: &Workspace, strict: bool) -> Result<Totals> {
    let features = features(workspace)?;
    cargo_stage(
        workspace,
        "build",
        &["build", "--bins", "--tests"],
        &features,
    )
    .run()?;

    let mut watcher = Watcher::default();
    // Doc tests run along, but in crates whose doc comments are help texts (`doctest = false`).
    let stage = cargo_stage(workspace, "tests", &["test", "--no-fail-fast"], &features)
        .env("TAGMA_BIN", workspace.target().join("debug").join("tagma"))
        .program_args(&["--show-output"]);
    let failed = stage.run_watched(|line| watcher.line(line)).err();
    let totals = watcher.totals();
    if let Some(error) = failed {
        println!("{totals}");
        return Err(error);
    }
    refuse_gaps(&totals, strict)?;
    Ok(totals)
}

/// A stage over the whole workspace with the lock file as it is.
fn cargo_stage(
    workspace: &Workspace,
    name: &'static str,
    arguments: &[&str],
    features: &[String],
) -> Stage {
    let mut all: Vec<&str> = vec![arguments[0], "--workspace", "--locked"];
    all.extend(&arguments[1..]);
    all.extend(features.iter().map(String::as_str));
    Stage::cargo(workspace, name, &all)
}

/// The flags that switch fail points on, if the binary has any. The same flags stand in every
/// stage, so that nothing is built twice.
fn features(workspace: &Workspace) -> Result<Vec<String>> {
    let Some(manifest) = workspace.manifest(BINARY_CRATE)? else {
        return Ok(Vec::new());
    };
    let has_failpoints = manifest
        .get("features")
        .and_then(|all| all.get(FAILPOINTS))
        .is_some();
    Ok(if has_failpoints {
        vec!["--features".to_owned(), format!("tagma-cli/{FAILPOINTS}")]
    } else {
        Vec::new()
    })
}

/// Lists ignored and skipped tests; an error if they are not allowed here.
fn refuse_gaps(totals: &Totals, strict: bool) -> Result<()> {
    for name in &totals.ignored_names {
        println!("ignored: {name}");
    }
    for line in &totals.skipped_lines {
        println!("{line}");
    }
    let skipped = totals.skipped_lines.len();
    if strict && (totals.ignored > 0 || skipped > 0) {
        println!("{totals}");
        bail!(
            "{} tests ignored, {skipped} skipped: here every test has to run",
            totals.ignored
        );
    }
    Ok(())
}
