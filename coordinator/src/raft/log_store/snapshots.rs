//! The folder of snapshots: the newest one counts, older ones are removed once it is durable.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::files;
use super::snapshot_file::SnapshotImage;
use super::store::blocking;
use crate::raft::error::{Error, Result};
use crate::raft::types::LogId;

const EXTENSION: &str = "snapshot";

/// Handle on the folder; clones share it.
#[derive(Clone)]
pub(crate) struct Snapshots {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    cluster_id: String,
    /// Held while the folder changes.
    changing: Mutex<()>,
}

impl Snapshots {
    /// Opens the folder, or creates it; removes what a crash left half written.
    pub(crate) fn open(folder: &Path, cluster_id: &str) -> Result<Self> {
        files::create_folder(folder)?;
        for path in listed(folder, files::STAGED)? {
            files::remove(&path)?;
        }
        let shared = Shared {
            folder: folder.into(),
            cluster_id: cluster_id.into(),
            changing: Mutex::new(()),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The cluster whose snapshots these are.
    pub(crate) fn cluster_id(&self) -> &str {
        &self.shared.cluster_id
    }

    /// The newest snapshot, verified.
    ///
    /// # Errors
    /// Corrupt, naming the file, if it is damaged; Invalid if it is another cluster's.
    pub(crate) async fn newest(&self) -> Result<Option<SnapshotImage>> {
        let shared = self.shared.clone();
        blocking(move || shared.newest()).await
    }

    /// Makes a snapshot the newest, durably, unless a newer one is there.
    pub(crate) async fn keep(&self, image: SnapshotImage) -> Result<()> {
        let shared = self.shared.clone();
        blocking(move || shared.keep(&image)).await
    }
}

impl Shared {
    fn newest(&self) -> Result<Option<SnapshotImage>> {
        let _unchanged = self.changing.lock();
        let Some(path) = listed(&self.folder, EXTENSION)?.pop() else {
            return Ok(None);
        };
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let image = SnapshotImage::parse(Bytes::from(bytes))
            .map_err(Error::unreadable(&path, "the snapshot"))?;
        if image.header().cluster_id != self.cluster_id {
            return Err(Error::Foreign {
                path,
                found: format!("cluster {}", image.header().cluster_id),
                expected: format!("of cluster {}", self.cluster_id),
            });
        }
        Ok(Some(image))
    }

    fn keep(&self, image: &SnapshotImage) -> Result<()> {
        let _unchanged = self.changing.lock();
        let path = self.folder.join(name(image.meta().last_log_id));
        if !path.exists() {
            files::write_new(&path, image.bytes())?;
        }
        let mut older = listed(&self.folder, EXTENSION)?;
        older.pop();
        older.iter().try_for_each(|path| files::remove(path))
    }
}

/// Names sort as their snapshots do.
fn name(last: Option<LogId>) -> String {
    let (index, term) = last.map_or((0, 0), |id| (id.index, id.leader_id.term));
    format!("{index:020}-{term:020}.{EXTENSION}")
}

/// Files with this extension, in the order of their names.
fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let error = || Error::io("list", folder);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(error())? {
        let path = entry.map_err(error())?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
