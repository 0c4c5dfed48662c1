//! `cargo xtask <verb>`: everything a developer or the continuous integration runs on this
//! workspace. Owns the list of verbs and the exit code. Depends on no other crate of the
//! workspace, so that it builds in seconds and still runs when they do not compile.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a terminal program"
)]

mod bench;
mod cargo;
mod commands;
mod demo;
mod random;
mod stage;
mod test_output;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    bench as bench_command, ci, demo as demo_command, proto, test, tidy as tidy_command,
};

/// Develop, test and check Tagma.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the CDNOW example end to end and check its figures, then serve it
    Demo(demo_command::Arguments),
    /// Measure loading, questions and identity resolution in the release profile
    Bench(bench_command::Arguments),
    /// Check budgets, fences and arrows between the crates (a few seconds, builds nothing)
    Tidy,
    /// Check the protos: how they look, and that no released client breaks
    Proto(proto::Arguments),
    /// Build the workspace and run every test, doc tests included
    Test(test::Arguments),
    /// Run what continuous integration runs: tidy, format, lints, tests, documentation
    Ci,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Demo(arguments) => demo_command::run(&arguments),
        Verb::Bench(arguments) => bench_command::run(&arguments),
        Verb::Tidy => tidy_command::run(),
        Verb::Proto(arguments) => proto::run(&arguments),
        Verb::Test(arguments) => test::run(&arguments),
        Verb::Ci => ci::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
