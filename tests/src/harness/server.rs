//! `tagma up`: everything in one process, over one data directory.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::client::Client;
use super::ports::free_address;
use super::process::{Process, Program};
use super::wait::wait_until;

/// Arguments before the flags of a test.
const OWN_ARGUMENTS: usize = 7;

/// A server with its folder, both gone when dropped.
#[derive(Debug)]
pub struct Server {
    program: Program,
    process: Process,
    client: Client,
    folder: TempDir,
}

impl Server {
    /// Starts one over an empty directory and waits until it answers.
    ///
    /// # Errors
    /// Where it does not.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// As [`Server::start`], with more flags of `tagma up`, which restarts keep.
    ///
    /// # Errors
    /// Where it does not answer.
    pub fn start_with(flags: &[&str]) -> Result<Self> {
        let mut server = Self::launch_with(flags, None)?;
        server.wait_ready()?;
        Ok(server)
    }

    /// Starts one with crash points set; waits for nothing.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn launch(crash_points: Option<&str>) -> Result<Self> {
        Self::launch_with(&[], crash_points)
    }

    /// As [`Server::launch`], with more flags of `tagma up`, which restarts keep.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn launch_with(flags: &[&str], crash_points: Option<&str>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (listen, metrics) = (free_address()?, free_address()?);
        let data = folder.path().join("data");
        let arguments = ["up", "--data", &data.to_string_lossy()].map(str::to_owned);
        let mut arguments = arguments.to_vec();
        arguments.extend(["--listen".to_owned(), listen.to_string()]);
        arguments.extend(["--metrics".to_owned(), metrics.to_string()]);
        arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
        let program = Program {
            name: "tagma up".to_owned(),
            arguments,
            log: folder.path().join("server.log"),
        };
        Ok(Self {
            process: Process::start(&program, crash_points)?,
            client: Client::new(&format!("http://{listen}")),
            program,
            folder,
        })
    }

    /// Other flags from the next start on, instead of those that it was started with.
    pub fn set_flags(&mut self, flags: &[&str]) {
        self.program.arguments.truncate(OWN_ARGUMENTS);
        let flags = flags.iter().map(|flag| (*flag).to_owned());
        self.program.arguments.extend(flags);
    }

    /// A figure of `/metrics`, of all its labels together; 0 where it is not there (yet).
    ///
    /// # Errors
    /// Where nothing is answered.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let address = self.program.arguments.get(OWN_ARGUMENTS - 1);
        let address = address.context("no address of metrics")?;
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n")?;
        write!(stream, "Connection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        ensure!(text.starts_with("HTTP/1.1 200"), "metrics: {text}");
        let figures = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let own = rest.starts_with(' ') || rest.starts_with('{');
            let figure = rest.rsplit_once(' ').filter(|_| own)?.1;
            figure.parse::<f64>().ok()
        });
        Ok(figures.sum())
    }

    /// Starts it again, on the same data and ports; waits for nothing.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn relaunch(&mut self, crash_points: Option<&str>) -> Result<()> {
        self.process = Process::start(&self.program, crash_points)?;
        Ok(())
    }

    /// Starts it again and waits until it answers.
    ///
    /// # Errors
    /// Where it does not.
    pub fn restart(&mut self) -> Result<()> {
        self.relaunch(None)?;
        self.wait_ready()
    }

    /// Waits until all shards answer; plainly, so that a first answer that is out of date shows.
    ///
    /// # Errors
    /// Where the process ends, or is not ready in time.
    pub fn wait_ready(&mut self) -> Result<()> {
        let (client, process) = (self.client.with_timeout("1s"), &mut self.process);
        let waited = wait_until("the server answers", || {
            process.check_running()?;
            Ok(client
                .ask(&["count", "TRUE"])
                .map_err(|error| error.to_string()))
        });
        match waited {
            Ok(_) => Ok(()),
            Err(error) => Err(self.process.failure(&error.to_string())),
        }
    }

    /// Waits until it answers, or has ended: whether it answers.
    ///
    /// # Errors
    /// Where neither happens.
    pub fn ready_or_ended(&mut self) -> Result<bool> {
        match self.wait_ready() {
            Ok(()) => Ok(true),
            Err(_) if self.process.ended()?.is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Asks it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}
