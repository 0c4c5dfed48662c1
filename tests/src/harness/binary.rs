//! Which `tagma` the tests run.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use tagma_store::CRASH_POINTS;

/// The variable that names the binary.
const VARIABLE: &str = "TAGMA_BIN";

/// The binary that `TAGMA_BIN` names, else the one that was built beside this test.
///
/// # Errors
/// Where there is none.
pub fn binary() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return Ok(PathBuf::from(named));
    }
    let test = std::env::current_exe().context("cannot tell where this test is")?;
    let folder = test.parent().and_then(|deps| deps.parent());
    let path = folder.context("this test has no folder")?.join("tagma");
    if !path.is_file() {
        let path = path.display();
        bail!("{path} is missing: build it with `cargo build -p tagma-cli`, or set {VARIABLE}");
    }
    Ok(path)
}

/// Whether the binary was built with crash points, which it refuses to be given otherwise.
///
/// # Errors
/// Where it cannot be run.
pub fn has_crash_points() -> Result<bool> {
    let output = Command::new(binary()?)
        .arg("--version")
        .env("TAGMA_FAILPOINTS", format!("{}=off", CRASH_POINTS[0]))
        .output()
        .context("cannot run the binary")?;
    Ok(output.status.success())
}
