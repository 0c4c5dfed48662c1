//! `cargo xtask demo`: the CDNOW example end to end, its figures checked, then served.

use std::io::IsTerminal;

use anyhow::Result;

use crate::cargo::Workspace;
use crate::demo::cdnow;
use crate::stage::Stage;

/// Flags of the demo.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// End after the last figure, also on a terminal
    #[arg(long)]
    exit: bool,
    /// Folder of the demo's data; emptied first
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    data: std::path::PathBuf,
}

/// Builds Tagma, runs the example, checks it, serves until Ctrl-C on a terminal.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::locate()?;
    // The same selection and feature as the tests, so that one build serves both.
    let build = [
        "build",
        "--workspace",
        "--bins",
        "--locked",
        "--features",
        "tagma-cli/failpoints",
    ];
    Stage::cargo(&workspace, "build", &build).run()?;
    let serves = !arguments.exit && std::io::stdin().is_terminal();
    cdnow::run(&workspace, &workspace.root().join(&arguments.data), serves)
}
