//! One server process: started, watched, killed, started again with the same arguments.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, ensure};

use super::binary::binary;
use super::wait::wait_until;

/// How much of a log an error shows.
const TAIL_LINES: usize = 25;

/// How a process is started, each time.
#[derive(Debug, Clone)]
pub struct Program {
    /// What an error calls it.
    pub name: String,
    /// Arguments of `tagma`.
    pub arguments: Vec<String>,
    /// Where its standard error goes; restarts append.
    pub log: PathBuf,
}

/// A running process; killed when dropped.
#[derive(Debug)]
pub struct Process {
    program: Program,
    child: Child,
}

impl Process {
    /// Starts it; `crash_points` is a setting of `TAGMA_FAILPOINTS`.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(program: &Program, crash_points: Option<&str>) -> Result<Self> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&program.log)
            .with_context(|| format!("cannot write {}", program.log.display()))?;
        let mut command = Command::new(binary()?);
        command
            .args(&program.arguments)
            .env_remove("TAGMA_FAILPOINTS")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        if let Some(setting) = crash_points {
            command.env("TAGMA_FAILPOINTS", setting);
        }
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot start {}", program.name))?;
        let program = program.clone();
        Ok(Self { program, child })
    }

    /// Whether it has ended, and how.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// An error if it has ended.
    ///
    /// # Errors
    /// See above; with the end of its log.
    pub fn check_running(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => Err(self.failure(&format!("ended by itself ({status})"))),
        }
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGSTOP: it lives and does nothing until [`Process::resume`].
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn pause(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// SIGCONT after [`Process::pause`].
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn resume(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status()?;
        ensure!(sent.success(), "cannot signal {}", self.program.name);
        Ok(())
    }

    /// SIGTERM where it still runs, and waits: how it ended, by itself or asked.
    ///
    /// # Errors
    /// Where it goes on.
    pub fn end(&mut self) -> Result<ExitStatus> {
        if self.ended()?.is_none() {
            self.signal("-TERM")?;
        }
        self.wait()
    }

    /// As [`Process::end`], and it has to end well.
    ///
    /// # Errors
    /// Any end but exit code 0.
    pub fn stop(&mut self) -> Result<()> {
        let status = self.end()?;
        match status.success() {
            true => Ok(()),
            false => Err(self.failure(&format!("did not stop in order ({status})"))),
        }
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// Where it goes on.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let what = format!("{} ends", self.program.name);
        let child = &mut self.child;
        wait_until(&what, || Ok(child.try_wait()?.ok_or("running".to_owned())))
            .map_err(|error| self.failure(&error.to_string()))
    }

    /// An error with the end of the log.
    pub fn failure(&self, what: &str) -> anyhow::Error {
        let log = fs::read_to_string(&self.program.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
        anyhow!("{}: {what}; its log ends with:\n{tail}", self.program.name)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
