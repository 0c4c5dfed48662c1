//! Commands of `tagma` against a server, answered as JSON.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The program and the server that it asks.
pub(crate) struct Client {
    program: PathBuf,
    endpoint: String,
    folder: PathBuf,
}

impl Client {
    /// Commands run in `folder`, so that file names are as a user would write them.
    pub(crate) fn new(program: &Path, endpoint: &str, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            endpoint: endpoint.to_owned(),
            folder: folder.to_owned(),
        }
    }

    /// Shows the command, runs it, parses its JSON.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let shown: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        println!("  $ tagma {}", shown.join(" "));
        self.ask_quietly(arguments)
    }

    /// Runs the command, parses its JSON.
    pub(crate) fn ask_quietly(&self, arguments: &[&str]) -> Result<Value> {
        let output = Command::new(&self.program)
            .args(arguments)
            .args(["--output", "json", "--endpoint", &self.endpoint])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`tagma {}` failed ({}): {}",
                arguments.join(" "),
                output.status,
                told.trim()
            );
        }
        serde_json::from_slice(&output.stdout).context("the answer is not JSON")
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("\"{word}\"")
    }
}

/// A number at a path of keys; 0-based positions are digits.
pub(crate) fn number(answer: &Value, path: &[&str]) -> Result<u64> {
    let found = path
        .iter()
        .try_fold(answer, |value, key| match key.parse::<usize>() {
            Ok(position) => value.get(position),
            Err(_) => value.get(key),
        });
    let number = found.and_then(Value::as_u64);
    number.with_context(|| format!("no number at {} in {answer}", path.join(".")))
}
