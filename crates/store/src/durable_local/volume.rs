//! What every write to one directory shares: its folders, its staging, its fsync.
//!
//! Owns the translation of object paths to file paths.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;

use super::directories::Directories;
use super::fsync::Fsync;
use super::staging::{STAGING, Staging};

/// One directory, opened.
#[derive(Debug)]
pub(super) struct Volume {
    pub(super) directories: Directories,
    pub(super) staging: Staging,
    pub(super) fsync: Arc<dyn Fsync>,
    /// Reads need no durability: they are those of `object_store`.
    pub(super) reads: LocalFileSystem,
}

impl Volume {
    /// Opens `root`, creating it if it is missing.
    pub(super) fn open(root: &Path, fsync: Arc<dyn Fsync>) -> io::Result<Self> {
        let directories = Directories::open(root, Arc::clone(&fsync))?;
        let staging = Staging::open(directories.root())?;
        let reads =
            LocalFileSystem::new_with_prefix(directories.root()).map_err(io::Error::other)?;
        Ok(Self {
            directories,
            staging,
            fsync,
            reads,
        })
    }

    /// The file of an object.
    pub(super) fn file_of(&self, location: &ObjectPath) -> object_store::Result<PathBuf> {
        check_addressable(location)?;
        self.reads.path_to_filesystem(location)
    }
}

/// Whether the object path lies under `.staging/`.
pub(super) fn is_staging(location: &ObjectPath) -> bool {
    location
        .parts()
        .next()
        .is_some_and(|part| part.as_ref() == STAGING)
}

/// Refuses paths under `.staging/`.
pub(super) fn check_addressable(location: &ObjectPath) -> object_store::Result<()> {
    if is_staging(location) {
        let source = format!("{STAGING}/ is reserved for files being written").into();
        return Err(object_store::Error::NotSupported { source });
    }
    Ok(())
}
