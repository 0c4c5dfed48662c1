//! The files of the workspace: what git tracks, and what it would track if added.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::exceptions::EXCEPTIONS_PATH;

/// Paths (from the root, with `/`, sorted) and texts of all files that a rule can look at.
pub(crate) struct Tree {
    files: Vec<(String, String)>,
}

impl Tree {
    /// A tree of given files; the test entrance.
    pub(crate) fn new(mut files: Vec<(String, String)>) -> Self {
        files.sort();
        Self { files }
    }

    /// Every file, sorted by path.
    pub(crate) fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        let index = self
            .files
            .binary_search_by(|(other, _)| other.as_str().cmp(path))
            .ok()?;
        Some(self.files[index].1.as_str())
    }
}

/// Reads the tree around `root`; an error if it is not a git checkout.
pub(crate) fn read_tree(root: &Path) -> Result<Tree> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("cannot run `git ls-files`; tidy needs git")?;
    if !output.status.success() {
        bail!(
            "`git ls-files` failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let listing = String::from_utf8(output.stdout).context("a path in git is not UTF-8")?;
    let mut files = Vec::new();
    for path in listing.split('\0').filter(|path| is_of_interest(path)) {
        match std::fs::read_to_string(root.join(path)) {
            Ok(text) => files.push((path.to_owned(), text)),
            // Deleted, and the deletion not committed yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        }
    }
    files.dedup();
    Ok(Tree::new(files))
}

fn is_of_interest(path: &str) -> bool {
    let is_manifest = path == "Cargo.toml" || path.ends_with("/Cargo.toml");
    path.ends_with(".rs") || is_manifest || path == "Cargo.lock" || path == EXCEPTIONS_PATH
}
