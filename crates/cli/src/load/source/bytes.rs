//! The bytes of a file, decompressed on the way, counted and digested.

use std::{
    fs::File,
    io::{self, BufReader, Read},
};

use super::{Source, format::Compression};
use crate::{load::LoadError, output::Progress};

const READ_BYTES: usize = 1 << 18;

/// A file being read; its bytes show in the progress.
pub(crate) struct Counted {
    file: File,
    progress: Progress,
}

impl Counted {
    pub(crate) fn silent(file: File) -> Self {
        Self {
            file,
            progress: Progress::hidden(),
        }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

/// Opens the content of a file, which is never whole in memory.
///
/// # Errors
/// Where the file cannot be opened.
pub(crate) fn open_bytes(
    source: &Source,
    progress: &Progress,
) -> Result<Box<dyn Read + Send>, LoadError> {
    let counted = Counted {
        file: source.open()?,
        progress: progress.clone(),
    };
    decompressed(counted, source.compression).map_err(|error| source.unreadable(error, 0))
}

/// Members of gzip and frames of zstd that follow each other are one content.
pub(crate) fn decompressed(
    file: Counted,
    compression: Compression,
) -> io::Result<Box<dyn Read + Send>> {
    let file = BufReader::with_capacity(READ_BYTES, file);
    Ok(match compression {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(file)?),
    })
}

/// Passes bytes on, and remembers their digest.
pub(crate) struct Digest<R> {
    input: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Digest<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            hasher: blake3::Hasher::new(),
        }
    }

    /// Of the bytes so far.
    pub(crate) fn hex(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

impl<R: Read> Read for Digest<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}
