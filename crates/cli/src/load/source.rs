//! A file to load: what it is, and whether it stays what it was.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::LoadError;

const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// How a file is read, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceFormat {
    Delimited,
    Parquet,
}

/// A file as it was first seen.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) format: SourceFormat,
    pub(crate) bytes: u64,
    modified: Option<SystemTime>,
}

impl Source {
    /// Looks at the file.
    ///
    /// # Errors
    /// What is no readable regular file, or has no bytes.
    pub(crate) fn look_at(path: &Path) -> Result<Self, LoadError> {
        let read = |reason| LoadError::Read {
            file: path.to_owned(),
            reason,
        };
        let metadata = path.metadata().map_err(read)?;
        if metadata.is_dir() {
            return Err(LoadError::Directory {
                file: path.to_owned(),
            });
        }
        if !metadata.is_file() {
            return Err(read(io::Error::other(
                "files are read twice, so that it must be a file",
            )));
        }
        if metadata.len() == 0 {
            return Err(LoadError::Empty {
                file: path.to_owned(),
            });
        }
        let mut start = Vec::new();
        let length = PARQUET_MAGIC.len() as u64;
        File::open(path)
            .and_then(|file| file.take(length).read_to_end(&mut start))
            .map_err(read)?;
        let is_parquet = start == PARQUET_MAGIC;
        Ok(Self {
            path: path.to_owned(),
            format: if is_parquet {
                SourceFormat::Parquet
            } else {
                SourceFormat::Delimited
            },
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    /// Opens the file.
    ///
    /// # Errors
    /// Where that fails.
    pub(crate) fn open(&self) -> Result<File, LoadError> {
        File::open(&self.path).map_err(|error| self.unreadable(error))
    }

    /// The error of a failed read.
    pub(crate) fn unreadable(&self, reason: io::Error) -> LoadError {
        LoadError::Read {
            file: self.path.clone(),
            reason,
        }
    }

    /// # Errors
    /// [`LoadError::Changed`] where size or time of change are no longer those of the first look.
    pub(crate) fn check_unchanged(&self) -> Result<(), LoadError> {
        let metadata = self
            .path
            .metadata()
            .map_err(|error| self.unreadable(error))?;
        if metadata.len() == self.bytes && metadata.modified().ok() == self.modified {
            return Ok(());
        }
        Err(LoadError::Changed {
            file: self.path.clone(),
        })
    }
}
