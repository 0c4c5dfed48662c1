//! Files on their way: written under `.staging/` and moved to their destination when durable.
//!
//! Owns `.staging/`: one folder per open handle, held by a lock that dies with its process, so
//! that an opening process removes what dead ones left and never what a living one is writing.
//! Nothing here needs to survive a power cut, so nothing here is fsynced but the staged content.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::directories::create_directory;
use super::error::{lookup, step};
use crate::object::Nonce;

/// Name of the folder under the root.
pub(super) const STAGING: &str = ".staging";

/// Locked while a handle is opened, so that no folder is seen half made.
const OPENING: &str = "opening";

/// In each folder: locked as long as the handle that owns the folder lives.
const OWNER: &str = "owner";

/// The staging folder of one handle.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    next: AtomicU64,
    /// Held, never read: its lock marks the folder as owned.
    _owner: File,
}

impl Staging {
    /// Takes a folder of its own and removes those whose owners are dead.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let staging = root.join(STAGING);
        create_directory(&staging)?;
        let opening = lock_file(&staging.join(OPENING))?;
        opening.lock()?;
        sweep(&staging)?;
        let folder = staging.join(Nonce::random().to_string());
        fs::create_dir(&folder)?;
        let owner = lock_file(&folder.join(OWNER))?;
        owner.lock()?;
        Ok(Self {
            folder,
            next: AtomicU64::new(0),
            _owner: owner,
        })
    }

    /// A new empty file.
    pub(super) fn stage(&self) -> object_store::Result<Stage> {
        let path = self.free_path();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(step("create staging file", &path))?;
        Ok(Stage {
            file,
            path: StagePath(path),
        })
    }

    /// A second name for the existing file `from`.
    pub(super) fn link(&self, from: &Path) -> object_store::Result<StagePath> {
        let path = self.free_path();
        fs::hard_link(from, &path).map_err(lookup("link", from))?;
        Ok(StagePath(path))
    }

    fn free_path(&self) -> PathBuf {
        self.folder
            .join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed when the directory is next opened.
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::debug!(%error, folder = %self.folder.display(), "staging folder stays");
        }
    }
}

/// A file being written, removed on drop.
#[derive(Debug)]
pub(super) struct Stage {
    /// Open for writing.
    pub(super) file: File,
    /// Its only name until it is published.
    pub(super) path: StagePath,
}

impl Stage {
    /// Appends all of `chunks`.
    pub(super) fn write<'a>(
        &mut self,
        mut chunks: impl Iterator<Item = &'a Bytes>,
    ) -> object_store::Result<()> {
        chunks
            .try_for_each(|chunk| self.file.write_all(chunk))
            .map_err(step("write", self.path.as_path()))
    }
}

/// A name under `.staging/`, removed on drop unless it was renamed away.
#[derive(Debug)]
pub(super) struct StagePath(PathBuf);

impl StagePath {
    /// The path itself.
    pub(super) fn as_path(&self) -> &Path {
        &self.0
    }
}

impl Drop for StagePath {
    fn drop(&mut self) {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %self.0.display(), "staging file stays");
            }
            _ => {}
        }
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Removes everything in `staging` that no living process owns.
fn sweep(staging: &Path) -> io::Result<()> {
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        let path = entry.path();
        if !entry.file_type()?.is_dir() {
            if entry.file_name() != OPENING {
                fs::remove_file(&path)?;
            }
        } else if !is_owned(&path)? {
            remove_folder(&path)?;
        }
    }
    Ok(())
}

/// Removes a folder that its owner may be removing at the same time.
fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

fn is_owned(folder: &Path) -> io::Result<bool> {
    // Opened for writing, since locks over NFS ask for it.
    let owner = match OpenOptions::new().write(true).open(folder.join(OWNER)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match owner.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
