//! The workspace that xtask works on, as cargo sees it: root, target folder, manifests, and
//! cargo commands that behave as if typed in a shell there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// A cargo workspace on disk.
pub(crate) struct Workspace {
    cargo: OsString,
    root: PathBuf,
    target: PathBuf,
}

/// The part of `cargo metadata` that is used here.
#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// The workspace around the current folder.
    pub(crate) fn locate() -> Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let output = Command::new(&cargo)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .context("cannot run `cargo metadata`")?;
        if !output.status.success() {
            bail!(
                "`cargo metadata` failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("`cargo metadata` is not JSON")?;
        Ok(Self {
            cargo,
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// The folder of the workspace's Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that cargo builds into.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The Cargo.toml at `path` (relative to the root), or `None` if there is no such file.
    pub(crate) fn manifest(&self, path: &str) -> Result<Option<toml::Table>> {
        let path = self.root.join(path);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let table = text
            .parse()
            .with_context(|| format!("{} is not TOML", path.display()))?;
        Ok(Some(table))
    }

    /// A cargo command at the root, without the variables that `cargo run` gave to xtask itself.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.cargo);
        command.args(arguments).current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            let own = [
                "CARGO_PKG_",
                "CARGO_MANIFEST_",
                "CARGO_BIN_NAME",
                "CARGO_CRATE_NAME",
            ];
            if name
                .to_str()
                .is_some_and(|name| own.iter().any(|own| name.starts_with(own)))
            {
                command.env_remove(&name);
            }
        }
        command
    }
}
