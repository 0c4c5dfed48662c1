//! `cargo xtask ci`: what continuous integration runs, in the order of what fails fastest.
//! Stops at the first stage that fails.

use std::time::Instant;

use anyhow::Result;

use crate::cargo::Workspace;
use crate::commands::{test, tidy};
use crate::stage::{Stage, timed};

/// Runs every stage; the last line that it prints is `N passed, 0 failed`.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let workspace = Workspace::locate()?;
    timed("tidy", "cargo xtask tidy", tidy::run)?;
    Stage::cargo(&workspace, "format", &["fmt", "--all", "--check"]).run()?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    Stage::cargo(&workspace, "lints", &clippy).run()?;
    let totals = test::run_all(&workspace, true)?;
    Stage::cargo(
        &workspace,
        "documentation",
        &["doc", "--workspace", "--no-deps", "--locked"],
    )
    .env("RUSTDOCFLAGS", "-D warnings")
    .run()?;
    println!(
        "ci: every stage passed in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    println!("{totals}");
    Ok(())
}
