//! A Python environment with the packages that the examples pin, made once and kept.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::EXAMPLES;

/// What a machine lacks, for the `skipped:` line.
pub(super) const NEEDS: &str = "python3 with venv and pip";

/// Marks an environment that is complete; holds the pins that it was made from.
const STAMP: &str = "pins.txt";

/// The interpreter of the environment; `None` where the machine cannot make one.
pub(super) fn interpreter() -> Result<Option<PathBuf>> {
    let pins = Path::new(EXAMPLES).join("requirements.txt");
    let wanted = fs::read_to_string(&pins).context("the pinned packages")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder)?;
    // Several test programs may come here at once; the lock ends with the file.
    let lock = File::create(folder.join("python.lock"))?;
    lock.lock()?;
    let environment = folder.join("python");
    let interpreter = environment.join("bin").join("python");
    let made_from = fs::read_to_string(environment.join(STAMP)).ok();
    if made_from.as_deref() == Some(&wanted) && starts(&interpreter, &["--version"]) {
        return Ok(Some(interpreter));
    }
    if !starts(Path::new("python3"), &["-c", "import ensurepip, venv"]) {
        return Ok(None);
    }
    if environment.exists() {
        fs::remove_dir_all(&environment)?;
    }
    let path = environment.to_string_lossy();
    run("python3", &["-m", "venv", &path])?;
    let pins = pins.to_string_lossy();
    let install = ["-m", "pip", "install", "--quiet", "--requirement", &pins];
    run(&interpreter.to_string_lossy(), &install)?;
    fs::write(environment.join(STAMP), wanted)?;
    Ok(Some(interpreter))
}

/// Runs a script of the examples: what it printed, as JSON.
pub(super) fn script(
    interpreter: &Path,
    name: &str,
    arguments: &[&str],
) -> Result<serde_json::Value> {
    let script = Path::new(EXAMPLES).join(name);
    let script = script.to_string_lossy();
    let text = run(
        &interpreter.to_string_lossy(),
        &[&[&*script], arguments].concat(),
    )?;
    serde_json::from_str(&text).with_context(|| format!("{name} printed no JSON: {text}"))
}

/// Whether a command can be started and ends well.
fn starts(program: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The standard output of a command that has to end well.
fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    // Nothing of the caller's own Python may get in, and nothing is written beside the scripts.
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    let Ok(output) = command.output() else {
        bail!("{program} cannot be started");
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let status = output.status;
    ensure!(
        status.success(),
        "{program} {arguments:?}: {status}: {said}"
    );
    Ok(String::from_utf8(output.stdout)?)
}
