//! Coordinators and workers, a process each, that share a directory as object store.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::client::Client;
use super::ports::free_address;
use super::process::{Process, Program};
use super::wait::wait_until;

/// A cluster with its folder; all gone when dropped.
#[derive(Debug)]
pub struct Cluster {
    coordinators: Vec<Member>,
    workers: Vec<Member>,
    client: Client,
    folder: TempDir,
}

/// Flags beyond those that every process of a cluster needs; restarts keep them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags<'a> {
    /// Of each `tagma coordinator`.
    pub coordinator: &'a [&'a str],
    /// Of each `tagma worker`.
    pub worker: &'a [&'a str],
}

#[derive(Debug)]
struct Member {
    program: Program,
    process: Process,
    address: SocketAddr,
}

impl Cluster {
    /// Starts it and waits until all shards answer.
    ///
    /// # Errors
    /// Where they do not.
    pub fn start(coordinators: usize, workers: usize) -> Result<Self> {
        Self::start_with(coordinators, workers, Flags::default())
    }

    /// As [`Cluster::start`], with more flags.
    ///
    /// # Errors
    /// Where the shards do not answer.
    pub fn start_with(coordinators: usize, workers: usize, flags: Flags) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        write_key(&folder.path().join("identity.key"))?;
        let addresses = |count| {
            (0..count)
                .map(|_| free_address())
                .collect::<Result<Vec<_>>>()
        };
        let (seats, desks) = (addresses(coordinators)?, addresses(workers)?);
        let start = |mut program: Program, flags: &[&str], address| {
            let flags = flags.iter().map(|flag| (*flag).to_owned());
            program.arguments.extend(flags);
            let process = Process::start(&program, None)?;
            Ok(Member {
                program,
                process,
                address,
            })
        };
        let voters = (1..).zip(&seats).map(|(id, at)| {
            let program = coordinator(id, &seats, folder.path());
            start(program, flags.coordinator, *at)
        });
        let owners = (1..).zip(&desks).map(|(id, at)| {
            let program = worker(id, *at, &seats, folder.path());
            start(program, flags.worker, *at)
        });
        let cluster = Self {
            coordinators: voters.collect::<Result<_>>()?,
            workers: owners.collect::<Result<_>>()?,
            client: Client::new(&urls(&seats)),
            folder,
        };
        cluster.wait_ready()?;
        Ok(cluster)
    }

    /// Waits until all shards answer.
    ///
    /// # Errors
    /// Where they do not; with the logs of all processes.
    pub fn wait_ready(&self) -> Result<()> {
        let client = self.client.with_timeout("2s");
        let waited = wait_until("the cluster answers", || {
            let asked = client.ask(&["count", "TRUE", "--linearizable"]);
            Ok(asked.map_err(|error| error.to_string()))
        });
        waited.map(|_| ()).map_err(|error| self.failure(&error))
    }

    /// An error with the end of all logs.
    pub fn failure(&self, error: &anyhow::Error) -> anyhow::Error {
        let mut text = format!("{error:#}");
        for member in self.coordinators.iter().chain(&self.workers) {
            text = format!("{text}\n{}", member.process.failure("its state"));
        }
        anyhow::anyhow!(text)
    }

    /// Asks any coordinator.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks coordinator `id` alone; numbered from 1.
    ///
    /// # Errors
    /// Where there is no such coordinator.
    pub fn client_of(&self, id: u64) -> Result<Client> {
        let index = usize::try_from(id)?.wrapping_sub(1);
        let member = self
            .coordinators
            .get(index)
            .context("no such coordinator")?;
        Ok(Client::new(&format!("http://{}", member.address)))
    }

    /// `kill -9` for coordinator `id`.
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn kill_coordinator(&mut self, id: u64) -> Result<()> {
        member(&mut self.coordinators, id)?.process.kill()
    }

    /// `kill -9` for worker `id`; numbered from 1.
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn kill_worker(&mut self, id: u64) -> Result<()> {
        member(&mut self.workers, id)?.process.kill()
    }

    /// Coordinator `id` lives and does nothing until it is resumed.
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn pause_coordinator(&mut self, id: u64) -> Result<()> {
        member(&mut self.coordinators, id)?.process.pause()
    }

    /// A paused coordinator goes on.
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn resume_coordinator(&mut self, id: u64) -> Result<()> {
        member(&mut self.coordinators, id)?.process.resume()
    }

    /// Starts a killed coordinator again, on its data and port.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn restart_coordinator(&mut self, id: u64) -> Result<()> {
        member(&mut self.coordinators, id)?.restart()
    }

    /// Starts a killed worker again, on its data and port.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn restart_worker(&mut self, id: u64) -> Result<()> {
        member(&mut self.workers, id)?.restart()
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Member {
    fn restart(&mut self) -> Result<()> {
        self.process = Process::start(&self.program, None)?;
        Ok(())
    }
}

fn member(members: &mut [Member], id: u64) -> Result<&mut Member> {
    let index = usize::try_from(id)?.wrapping_sub(1);
    members.get_mut(index).context("no such process")
}

/// A secret for the identifiers of one test.
fn write_key(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    Ok(file.write_all(b"a secret of thirty-two bytes: 32")?)
}

fn urls(addresses: &[SocketAddr]) -> String {
    let urls = addresses.iter().map(|address| format!("http://{address}"));
    urls.collect::<Vec<_>>().join(",")
}

fn coordinator(id: usize, all: &[SocketAddr], folder: &Path) -> Program {
    let peers = (1..).zip(all).map(|(id, at)| format!("{id}=http://{at}"));
    let peers = peers.collect::<Vec<String>>().join(",");
    let own = all[id - 1];
    let key = folder.join("identity.key");
    let mut program = role("coordinator", &format!("c{id}"), own, folder);
    let flags = [
        "--id",
        &id.to_string(),
        "--peers",
        &peers,
        "--key",
        &key.to_string_lossy(),
    ];
    program.arguments.extend(flags.map(str::to_owned));
    program
}

fn worker(id: usize, own: SocketAddr, coordinators: &[SocketAddr], folder: &Path) -> Program {
    let name = format!("w{id}");
    let mut program = role("worker", &name, own, folder);
    let flags = ["--name", &name, "--coordinators", &urls(coordinators)];
    program.arguments.extend(flags.map(str::to_owned));
    program
}

/// What both roles take.
fn role(role: &str, name: &str, own: SocketAddr, folder: &Path) -> Program {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let mut arguments = vec![role.to_owned()];
    let flags = [
        ("--listen", own.to_string()),
        ("--advertise", format!("http://{own}")),
        ("--data", path(name)),
        ("--store", path("shared")),
    ];
    arguments.extend(
        flags
            .into_iter()
            .flat_map(|(flag, value)| [flag.to_owned(), value]),
    );
    let log = folder.join(format!("{name}.log"));
    let name = format!("{role} {name}");
    Program {
        name,
        arguments,
        log,
    }
}
