//! `Writer`: streams a body into a map file, page by page, and makes it durable.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::checksum::masked_crc32c;
use super::footer::{FOOTER_BYTES, Footer, PAGE_BYTES, Sealed};
use super::{CheckpointFile, Error};

/// Pages that are written at once.
const PAGES_PER_WRITE: usize = 16;

/// Suffix of a file that is not complete.
pub(super) const TEMPORARY: &str = ".tmp";

/// A map file being written under a temporary name.
pub(super) struct Writer {
    dir: PathBuf,
    name: String,
    file: File,
    buffer: Vec<u8>,
    checksums: Vec<u32>,
    whole_crc32c: u32,
    flushed: u64,
}

impl Writer {
    pub(super) fn create(dir: &Path, name: String) -> Result<Self, Error> {
        let temporary = dir.join(format!("{name}{TEMPORARY}"));
        let file = File::create(temporary).map_err(Error::io(&name, "creating"))?;
        Ok(Self {
            dir: dir.to_owned(),
            name,
            file,
            buffer: Vec::with_capacity(PAGES_PER_WRITE * PAGE_BYTES + 64),
            checksums: Vec::new(),
            whole_crc32c: 0,
            flushed: 0,
        })
    }

    /// Appends to the body.
    #[inline]
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PAGES_PER_WRITE * PAGE_BYTES {
            self.flush_pages()?;
        }
        Ok(())
    }

    /// Fills the page at hand with zeros, so that what follows starts a page.
    pub(super) fn pad_page(&mut self) -> Result<(), Error> {
        let used = self.buffer.len().next_multiple_of(PAGE_BYTES);
        self.buffer.resize(used, 0);
        self.flush_pages()
    }

    /// Ends the body, writes page table and footer, fsyncs and gives the file its name.
    ///
    /// The directory is not yet fsynced: that is done once for all files of a checkpoint.
    pub(super) fn finish(mut self, footer: Footer) -> Result<CheckpointFile, Error> {
        self.flush_pages()?;
        let rest = std::mem::take(&mut self.buffer);
        if !rest.is_empty() {
            self.checksums.push(masked_crc32c(&rest));
            self.put(&rest)?;
        }
        let body_bytes = self.flushed;
        let table: Vec<u8> = self
            .checksums
            .iter()
            .flat_map(|checksum| checksum.to_le_bytes())
            .collect();
        self.put(&table)?;
        let sealed = Sealed {
            footer,
            body_bytes,
            table_checksum: masked_crc32c(&table),
        };
        self.put(&sealed.to_bytes())?;
        self.file
            .sync_all()
            .map_err(Error::io(&self.name, "syncing"))?;
        let temporary = self.dir.join(format!("{}{TEMPORARY}", self.name));
        fs::rename(temporary, self.dir.join(&self.name))
            .map_err(Error::io(&self.name, "renaming"))?;
        debug_assert_eq!(
            self.flushed,
            body_bytes + table.len() as u64 + FOOTER_BYTES as u64
        );
        Ok(CheckpointFile {
            bytes: self.flushed,
            crc32c: self.whole_crc32c,
            name: self.name,
        })
    }

    /// Writes the whole pages of the buffer.
    fn flush_pages(&mut self) -> Result<(), Error> {
        let whole = self.buffer.len() / PAGE_BYTES * PAGE_BYTES;
        let mut buffer = std::mem::take(&mut self.buffer);
        for page in buffer[..whole].chunks_exact(PAGE_BYTES) {
            self.checksums.push(masked_crc32c(page));
        }
        self.put(&buffer[..whole])?;
        buffer.drain(..whole);
        self.buffer = buffer;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file
            .write_all(bytes)
            .map_err(Error::io(&self.name, "writing"))?;
        self.whole_crc32c = crc32c::crc32c_append(self.whole_crc32c, bytes);
        self.flushed += bytes.len() as u64;
        Ok(())
    }
}

/// Makes the names in `dir` durable.
pub(super) fn sync_directory(dir: &Path) -> Result<(), Error> {
    let name = dir.display().to_string();
    File::open(dir)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::io(&name, "syncing"))
}
