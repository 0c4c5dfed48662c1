//! What is measured: a binary, and a folder in which it serves empty clusters.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::demo::client::Client;
use crate::demo::server::Server;

/// A binary and a folder. After a failure the folder stays, with the server's log.
pub(crate) struct Subject {
    program: PathBuf,
    folder: PathBuf,
}

/// A running cluster without data.
pub(crate) struct Cluster {
    server: Server,
    folder: PathBuf,
    /// Asks it.
    pub(crate) client: Client,
}

impl Subject {
    /// `program`, working in `folder`, which is emptied.
    pub(crate) fn new(program: PathBuf, folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(folder)?;
        Ok(Self {
            program,
            folder: folder.to_owned(),
        })
    }

    /// Removes the folder.
    pub(crate) fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}", self.folder.display()))
    }

    /// Where its data and logs lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of generated data.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts `tagma up` over nothing and waits until it answers.
    pub(crate) fn cluster(&self) -> Result<Cluster> {
        let folder = self.folder.join("cluster");
        let mut server = Server::start(&self.program, &folder)?;
        server.wait_until(|endpoint| {
            let client = Client::new(&self.program, endpoint, &self.folder);
            client
                .ask_quietly(&["count", "TRUE", "--request-timeout", "2s"])
                .is_ok()
        })?;
        let client = Client::new(&self.program, server.endpoint(), &self.folder);
        Ok(Cluster {
            server,
            folder,
            client,
        })
    }
}

impl Cluster {
    /// Ends the server and removes its data.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.server.stop()?;
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}", self.folder.display()))
    }
}
