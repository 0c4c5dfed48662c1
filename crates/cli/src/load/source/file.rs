//! A file to load: what it is, and whether it stays what it was.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    bytes::{Counted, decompressed},
    format::{Compression, Format, foreign, is_tabbed},
};
use crate::load::LoadError;

/// Of the content, looked at to tell what it is.
const START_BYTES: u64 = 256;

/// A file as it was first seen.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    pub(crate) compression: Compression,
    /// Of the file, as it is compressed.
    pub(crate) bytes: u64,
    modified: Option<SystemTime>,
}

impl Source {
    /// Looks at the file; `format` wins over its name.
    ///
    /// # Errors
    /// What is no readable regular file, has no bytes, or holds something foreign.
    pub(crate) fn look_at(path: &Path, format: Option<Format>) -> Result<Self, LoadError> {
        let read = |reason| LoadError::Read {
            file: path.to_owned(),
            reason,
        };
        let metadata = path.metadata().map_err(read)?;
        if !metadata.is_file() {
            return Err(read(io::Error::other(
                "files are read twice, so that it must be a file",
            )));
        }
        let empty = || LoadError::Empty {
            file: path.to_owned(),
        };
        if metadata.len() == 0 {
            return Err(empty());
        }
        let start = start_of(File::open(path).map_err(read)?).map_err(read)?;
        let mut source = Self {
            path: path.to_owned(),
            format: Format::Text,
            compression: Compression::of(&start),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        };
        let content = match source.compression {
            Compression::None => start,
            _ => source.decompressed_start()?,
        };
        if content.is_empty() {
            return Err(empty());
        }
        if let Some(reason) = foreign(&content) {
            return Err(source.unfit(reason));
        }
        source.format = format.unwrap_or_else(|| Format::of(path, &content));
        if source.format == Format::Parquet && source.compression != Compression::None {
            return Err(source.unfit("is a compressed Parquet file: decompress it first"));
        }
        Ok(source)
    }

    /// Opens the file as it lies there.
    ///
    /// # Errors
    /// Where that fails.
    pub(crate) fn open(&self) -> Result<File, LoadError> {
        File::open(&self.path).map_err(|error| self.unreadable(error, 0))
    }

    /// The error of a failed read after `rows` rows.
    pub(crate) fn unreadable(&self, reason: io::Error, rows: u64) -> LoadError {
        let file = self.path.clone();
        match (self.compression, reason.kind()) {
            (Compression::None, _) => LoadError::Read { file, reason },
            (_, io::ErrorKind::UnexpectedEof) => LoadError::CutShort { file, rows },
            _ => LoadError::Damaged { file, rows, reason },
        }
    }

    /// # Errors
    /// [`LoadError::Changed`] where size or time of change are no longer those of the first look.
    pub(crate) fn check_unchanged(&self) -> Result<(), LoadError> {
        let metadata = self.path.metadata();
        let metadata = metadata.map_err(|error| self.unreadable(error, 0))?;
        if metadata.len() == self.bytes && metadata.modified().ok() == self.modified {
            return Ok(());
        }
        Err(LoadError::Changed {
            file: self.path.clone(),
        })
    }

    /// The file's name without its folders.
    pub(crate) fn short_name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Whether the file as it lies there starts so.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn starts_with(&self, start: &[u8]) -> Result<bool, LoadError> {
        let found = start_of(self.open()?).map_err(|error| self.unreadable(error, 0))?;
        Ok(found.starts_with(start))
    }

    /// Whether the name says that fields stand between tabs.
    pub(crate) fn is_tabbed(&self) -> bool {
        is_tabbed(&self.path)
    }

    fn decompressed_start(&self) -> Result<Vec<u8>, LoadError> {
        let counted = Counted::silent(self.open()?);
        let start = decompressed(counted, self.compression).and_then(start_of);
        match start {
            // Said with its row when it is read as a whole.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(vec![b'\n']),
            start => start.map_err(|error| self.unreadable(error, 0)),
        }
    }

    fn unfit(&self, reason: &str) -> LoadError {
        LoadError::Foreign {
            file: self.path.clone(),
            reason: reason.to_owned(),
        }
    }
}

fn start_of(input: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(START_BYTES).read_to_end(&mut start)?;
    Ok(start)
}
