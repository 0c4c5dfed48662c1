//! One timed step of a longer run: announces itself, reports its seconds, and says on failure
//! how to run it alone.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::cargo::Workspace;

/// A command that is about to run.
pub(crate) struct Stage {
    name: &'static str,
    command: Command,
    shown: String,
}

impl Stage {
    /// `cargo <arguments>` at the root of the workspace.
    pub(crate) fn cargo(workspace: &Workspace, name: &'static str, arguments: &[&str]) -> Self {
        let command = workspace.command(arguments);
        Self {
            name,
            command,
            shown: format!("cargo {}", arguments.join(" ")),
        }
    }

    /// Another program at the root of the workspace.
    pub(crate) fn program(
        workspace: &Workspace,
        name: &'static str,
        program: &str,
        arguments: &[&str],
    ) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(workspace.root());
        Self {
            name,
            command,
            shown: format!("{program} {}", arguments.join(" ")),
        }
    }

    /// Sets a variable for the command, and shows it where the command is shown.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref();
        self.shown = format!("{name}='{}' {}", value.to_string_lossy(), self.shown);
        self.command.env(name, value);
        self
    }

    /// Adds arguments for the test programs that cargo starts; not shown, they only steer what
    /// the watcher reads.
    pub(crate) fn program_args(mut self, arguments: &[&str]) -> Self {
        self.command.arg("--").args(arguments);
        self
    }

    /// Runs the command with its output on the terminal.
    pub(crate) fn run(mut self) -> Result<()> {
        timed(self.name, &self.shown, || {
            expect_success(self.command.status()?)
        })
    }

    /// Runs the command and hands each line of its stdout to `watch`, which prints what it likes.
    pub(crate) fn run_watched(mut self, mut watch: impl FnMut(&str)) -> Result<()> {
        timed(self.name, &self.shown, || {
            let mut child = self.command.stdout(Stdio::piped()).spawn()?;
            let stdout = child.stdout.take().context("the child's stdout is piped")?;
            for line in BufReader::new(stdout).split(b'\n') {
                watch(&String::from_utf8_lossy(&line?));
            }
            expect_success(child.wait()?)
        })
    }
}

/// Runs `work` as a stage: its name before, its seconds after, `rerun` if it fails.
pub(crate) fn timed(name: &str, rerun: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("==> {name}: {rerun}");
    let started = Instant::now();
    let outcome = work();
    let seconds = started.elapsed().as_secs_f64();
    match outcome {
        Ok(()) => {
            println!("<== {name}: done in {seconds:.1} s");
            Ok(())
        }
        Err(error) => bail!(
            "stage \"{name}\" failed after {seconds:.1} s: {error:#}\nrun it alone with: {rerun}"
        ),
    }
}

fn expect_success(status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_work_names_the_stage_and_how_to_rerun_it() {
        let error = timed("lints", "cargo clippy", || bail!("exit status: 1"))
            .expect_err("the work failed");
        let text = format!("{error:#}");
        assert!(text.contains("stage \"lints\" failed"), "{text}");
        assert!(text.contains("exit status: 1"), "{text}");
        assert!(text.ends_with("run it alone with: cargo clippy"), "{text}");
    }

    #[test]
    fn passing_work_passes() {
        assert!(timed("nothing", "true", || Ok(())).is_ok());
    }
}
