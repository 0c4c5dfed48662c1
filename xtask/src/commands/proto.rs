//! `cargo xtask proto`: the protos as a contract. Our own checks need nothing but Rust; buf, the
//! tool that other teams know, runs in addition where there is node.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::cargo::Workspace;
use crate::stage::Stage;

/// The version of buf that the rules were compared with.
const BUF: &str = "@bufbuild/buf@1.75.0";

/// Tells the contract tests to write `proto/released.binpb` anew.
const UPDATE: &str = "TAGMA_PROTO_UPDATE";

/// What `cargo xtask proto` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Make the protos as they are now the release that later ones must not break
    #[arg(long)]
    update: bool,
}

/// Checks the protos; with `--update` writes `proto/released.binpb` first.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::locate()?;
    let tests = [
        "test",
        "--package",
        "tagma-proto",
        "--test",
        "contract",
        "--locked",
    ];
    let mut contract = Stage::cargo(&workspace, "contract", &tests);
    if arguments.update {
        contract = contract.env(UPDATE, "1");
    }
    contract.run()?;
    if !has_npx() {
        println!("buf is left out: it needs node with npx");
        return Ok(());
    }
    let buf = |name, arguments: &[&str]| {
        let all = [&["--yes", "--package", BUF, "--", "buf"], arguments].concat();
        Stage::program(&workspace, name, "npx", &all).run()
    };
    buf("buf lint", &["lint", "proto"])?;
    buf(
        "buf breaking",
        &["breaking", "proto", "--against", "proto/released.binpb"],
    )
}

fn has_npx() -> bool {
    let mut command = Command::new("npx");
    command.arg("--version").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
