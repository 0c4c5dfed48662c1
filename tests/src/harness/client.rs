//! The client commands of `tagma`, answering JSON.

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use super::binary::binary;
use super::wait::wait_until;

/// Pause between two looks at a running command.
const PAUSE: Duration = Duration::from_millis(10);

/// Calls the command line with an endpoint.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: String,
    timeout: String,
}

/// What a command that failed said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Exit code.
    pub code: i32,
    /// Kind of the error.
    pub kind: String,
    /// Its text.
    pub message: String,
}

impl Client {
    /// Asks the coordinators in `endpoint`, comma-separated; requests end after 60 s.
    pub fn new(endpoint: &str) -> Self {
        let endpoint = endpoint.to_owned();
        let timeout = "60s".to_owned();
        Self { endpoint, timeout }
    }

    /// Where it asks.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The same with another limit of a request, such as `2s`.
    #[must_use]
    pub fn with_timeout(&self, timeout: &str) -> Self {
        let endpoint = self.endpoint.clone();
        let timeout = timeout.to_owned();
        Self { endpoint, timeout }
    }

    /// The answer of a command that has to be done.
    ///
    /// # Errors
    /// Where it is not, with what it said.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.spawn(arguments)?.wait_with_output()?;
        answer(arguments, &output)
    }

    /// What a command says that has to fail.
    ///
    /// # Errors
    /// Where it does not, or not with an error in JSON.
    pub fn refused(&self, arguments: &[&str]) -> Result<Refused> {
        match self.attempt(arguments)? {
            Ok(answer) => Err(anyhow!("{arguments:?} was done: {answer}")),
            Err(refused) => Ok(refused),
        }
    }

    /// The answer of a command, or what it says where it fails.
    ///
    /// # Errors
    /// Where it says neither in JSON.
    pub fn attempt(&self, arguments: &[&str]) -> Result<std::result::Result<Value, Refused>> {
        let output = self.spawn(arguments)?.wait_with_output()?;
        match output.status.success() {
            true => Ok(Ok(answer(arguments, &output)?)),
            false => Ok(Err(refusal(arguments, &output)?)),
        }
    }

    /// Gives a command again and again until it is done, as long as it fails only because
    /// nobody answers, or nobody leads.
    ///
    /// # Errors
    /// Any other failure; not done in time.
    pub fn until_done(&self, arguments: &[&str]) -> Result<Value> {
        wait_until(&format!("{arguments:?} is done"), || {
            match self.attempt(arguments)? {
                Ok(answer) => Ok(Ok(answer)),
                Err(refused) if refused.passes() => Ok(Err(refused.message)),
                Err(refused) => Err(anyhow!("tagma {arguments:?}: {refused:?}")),
            }
        })
    }

    /// As [`Client::ask`], but gives up as soon as `lost` says that nobody can answer: `None`.
    ///
    /// # Errors
    /// Those of `lost` and of the system; a command that failed is `None`, too.
    pub fn try_ask(
        &self,
        arguments: &[&str],
        mut lost: impl FnMut() -> Result<bool>,
    ) -> Result<Option<Value>> {
        let mut child = self.spawn(arguments)?;
        while child.try_wait()?.is_none() {
            if lost()? {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::park_timeout(PAUSE);
        }
        let mut text = String::new();
        let stdout = child.stdout.take().context("no standard output")?;
        { stdout }.read_to_string(&mut text)?;
        match child.wait()?.success() {
            true => Ok(Some(serde_json::from_str(&text)?)),
            false => Ok(None),
        }
    }

    /// The count of an expression.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn count(&self, expr: &str) -> Result<u64> {
        count_of(&self.ask(&["count", expr])?)
    }

    /// The count of an expression at an index.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn count_at(&self, expr: &str, index: u64) -> Result<u64> {
        count_of(&self.ask(&["count", expr, "--at", &index.to_string()])?)
    }

    /// What `cluster status` says.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn status(&self) -> Result<Value> {
        self.ask(&["cluster", "status"])
    }

    fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new(binary()?);
        command
            .args(arguments)
            .args(["--endpoint", &self.endpoint, "--output", "json"])
            .args(["--request-timeout", &self.timeout])
            .env_remove("TAGMA_FAILPOINTS")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().context("cannot run the client")
    }
}

impl Refused {
    /// Whether the same command may be done later.
    pub fn passes(&self) -> bool {
        ["unavailable", "timeout", "not_leader"].contains(&self.kind.as_str())
    }
}

fn refusal(arguments: &[&str], output: &Output) -> Result<Refused> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.stdout.is_empty(), "{arguments:?} wrote data, too");
    let json: Value = serde_json::from_str(&said)
        .with_context(|| format!("{arguments:?} failed without JSON: {said}"))?;
    let field = |name: &str| json["error"][name].as_str().map(str::to_owned);
    Ok(Refused {
        code: output.status.code().context("killed")?,
        kind: field("kind").context("no kind")?,
        message: field("message").context("no message")?,
    })
}

fn answer(arguments: &[&str], output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(anyhow!("tagma {arguments:?}: {}: {said}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).with_context(|| format!("tagma {arguments:?}: no JSON: {text}"))
}

fn count_of(answer: &Value) -> Result<u64> {
    let count = answer["count"].as_u64();
    count.with_context(|| format!("no count in {answer}"))
}
