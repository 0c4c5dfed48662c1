//! `cargo xtask tidy`: checks the whole tree against the house rules and lists what breaks them.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::cargo::Workspace;
use crate::tidy::{check_tree, read_tree};

/// Prints one line per finding; an error if there is any.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let workspace = Workspace::locate()?;
    let tree = read_tree(workspace.root())?;
    let findings = check_tree(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    let seconds = started.elapsed().as_secs_f64();
    let files = tree.files().len();
    if findings.is_empty() {
        println!("tidy: {files} files, nothing to do ({seconds:.1} s)");
        return Ok(());
    }
    bail!(
        "tidy: {} findings in {files} files ({seconds:.1} s); \
         mend them, or write a reason in xtask/tidy.toml",
        findings.len()
    )
}
