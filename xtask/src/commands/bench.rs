//! `cargo xtask bench`: what Tagma reaches on this machine, measured in the release profile.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::bench::{Report, Scale, Subject, identity, load, segment};
use crate::cargo::Workspace;
use crate::stage::Stage;

/// Flags of the measurements.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is measured
    #[arg(value_enum, default_value_t)]
    what: What,
    /// Rows of each loaded file
    #[arg(long, value_name = "N", default_value_t = 3_000_000,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    rows: u64,
    /// People who are asked about
    #[arg(long, value_name = "N", default_value_t = 2_000_000,
        value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    people: u64,
    /// Loads of each file, each into an empty cluster
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Timed calls of each question
    #[arg(long, value_name = "N", default_value_t = 2_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    calls: u32,
    /// What the generated data is a function of
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// Write the figures as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder for data and servers, emptied first and removed afterwards
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    data: PathBuf,
    /// Measure this binary instead of building one
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum What {
    /// Files through `tagma load` until their rows are served
    Load,
    /// Questions about people over gRPC
    Segment,
    /// Resolution of identifiers alone
    Identity,
    /// Everything
    #[default]
    All,
}

impl What {
    fn has(self, what: Self) -> bool {
        self == what || self == Self::All
    }
}

/// Builds Tagma, measures, prints the figures.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::locate()?;
    let mut report = Report::new();
    let has = |what| arguments.what.has(what);
    if has(What::Load) || has(What::Segment) {
        let program = match &arguments.program {
            Some(program) => program.clone(),
            None => build(&workspace)?,
        };
        let subject = Subject::new(program, &workspace.root().join(&arguments.data))?;
        let measured = measure(arguments, &subject, &mut report);
        measured.with_context(|| format!("see {}", subject.folder().display()))?;
        subject.remove()?;
    }
    if has(What::Identity) {
        identity::measure(&workspace, &mut report)?;
    }
    report.print();
    if let Some(file) = &arguments.json {
        std::fs::write(file, report.json()?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("\nThe same as JSON: {}", file.display());
    }
    report.judge()
}

/// What needs a cluster.
fn measure(arguments: &Arguments, subject: &Subject, report: &mut Report) -> Result<()> {
    let scale = Scale {
        rows: arguments.rows,
        people: arguments.people,
        runs: arguments.runs,
        calls: arguments.calls,
        seed: arguments.seed,
    };
    if arguments.what.has(What::Load) {
        load::measure(subject, &scale, report)?;
    }
    if arguments.what.has(What::Segment) {
        segment::measure(subject, &scale, report)?;
    }
    Ok(())
}

/// The binary as users get it, without crash points; answers where it lies.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let arguments = [
        "build",
        "--release",
        "--locked",
        "--package",
        "tagma-cli",
        "--bin",
        "tagma",
    ];
    Stage::cargo(workspace, "build", &arguments).run()?;
    Ok(workspace.target().join("release/tagma"))
}
