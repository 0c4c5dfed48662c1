//! Directories of objects: created when first needed, durable before anything is put in them.
//!
//! Owns the memory of which directories this handle has made durable. A directory that exists
//! may still be unknown to the disk (another process made it and has not fsynced yet), so each is
//! made durable once per handle, whether it existed or not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::{lookup, step};
use super::fsync::{Fsync, fsync_or_die};

/// The directory tree under one root.
#[derive(Debug)]
pub(super) struct Directories {
    root: PathBuf,
    fsync: Arc<dyn Fsync>,
    durable: Mutex<BTreeSet<PathBuf>>,
}

/// An open directory that is itself durable and whose entries can be made so.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    file: File,
    path: PathBuf,
    fsync: &'a dyn Fsync,
}

impl Directory<'_> {
    /// Makes the entries of the directory durable, or ends the process.
    pub(super) fn sync(&self) {
        fsync_or_die(self.fsync.directory(&self.file, &self.path), &self.path);
    }
}

impl Directories {
    /// Creates `root` and its missing ancestors durably; its canonical path becomes the root.
    pub(super) fn open(root: &Path, fsync: Arc<dyn Fsync>) -> io::Result<Self> {
        create_root(root, fsync.as_ref())?;
        let root = root.canonicalize()?;
        if let Some(parent) = root.parent() {
            match File::open(parent) {
                Ok(file) => fsync_or_die(fsync.directory(&file, parent), parent),
                // A mount point may lie in a directory that this user may not read; whoever
                // mounted it there is then its owner.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            root,
            fsync,
            durable: Mutex::default(),
        })
    }

    /// The canonical root.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Opens the directory of `file`, creating what is missing between it and the root.
    ///
    /// On return the directory would survive a power cut.
    pub(super) fn parent_of(&self, file: &Path) -> object_store::Result<Directory<'_>> {
        let path = file.parent().unwrap_or(&self.root);
        let below = path.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let mut current = self.root.clone();
        for part in below {
            let next = current.join(part);
            if !self.is_durable(&next) {
                create_directory(&next).map_err(step("create directory", &next))?;
                self.open_directory(&current)?.sync();
                self.durable
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(next.clone());
            }
            current = next;
        }
        self.open_directory(&current)
    }

    /// Opens the directory that `file`, which exists, lies in.
    pub(super) fn existing_parent_of(&self, file: &Path) -> object_store::Result<Directory<'_>> {
        let path = file.parent().unwrap_or(&self.root);
        let handle = File::open(path).map_err(lookup("open directory", path))?;
        Ok(self.directory(handle, path))
    }

    fn open_directory(&self, path: &Path) -> object_store::Result<Directory<'_>> {
        let handle = File::open(path).map_err(step("open directory", path))?;
        Ok(self.directory(handle, path))
    }

    fn directory(&self, file: File, path: &Path) -> Directory<'_> {
        Directory {
            file,
            path: path.to_owned(),
            fsync: self.fsync.as_ref(),
        }
    }

    fn is_durable(&self, path: &Path) -> bool {
        self.durable
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(path)
    }
}

/// Creates one directory unless it exists.
pub(super) fn create_directory(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if path.is_dir() {
                Ok(())
            } else {
                Err(io::Error::from(io::ErrorKind::NotADirectory))
            }
        }
        outcome => outcome,
    }
}

/// Creates `root` with its missing ancestors, fsyncing each directory that gets an entry.
fn create_root(root: &Path, fsync: &dyn Fsync) -> io::Result<()> {
    let missing: Vec<&Path> = root
        .ancestors()
        .take_while(|path| is_missing(path))
        .collect();
    for path in missing.into_iter().rev() {
        create_directory(path)?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fsync_or_die(fsync.directory(&File::open(parent)?, parent), parent);
    }
    Ok(())
}

fn is_missing(path: &Path) -> bool {
    !path.as_os_str().is_empty() && !path.exists()
}
