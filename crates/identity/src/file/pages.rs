//! `Pages`: a mapped map file whose pages are verified when they are first touched.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;
use super::checksum::masked_crc32c;
use super::footer::{FOOTER_BYTES, Footer, PAGE_BYTES, Sealed};
use super::mapping::Mapping;

/// The body of a map file; every byte that leaves it has been verified once since it was opened.
#[derive(Debug)]
pub(super) struct Pages {
    name: String,
    mapping: Mapping,
    footer: Footer,
    body_bytes: usize,
    checksums: Vec<u32>,
    /// One bit a page: its checksum was right.
    verified: Box<[AtomicU64]>,
}

impl Pages {
    /// Maps `dir/name`, which must have `bytes` bytes; checks sizes, footer and page table.
    pub(super) fn open(dir: &Path, name: &str, bytes: u64) -> Result<Self, Error> {
        let damaged = |what| Error::corrupt(name, what);
        let file = File::open(dir.join(name)).map_err(Error::io(name, "opening"))?;
        let metadata = file
            .metadata()
            .map_err(Error::io(name, "reading the size of"))?;
        if metadata.len() != bytes || bytes < FOOTER_BYTES as u64 {
            return Err(damaged("its size is not the one that was written"));
        }
        let mapping = Mapping::new(&file).map_err(Error::io(name, "mapping"))?;
        let whole = mapping.bytes();
        let footer_at = whole.len().saturating_sub(FOOTER_BYTES);
        let sealed = Sealed::from_bytes(&whole[footer_at..], name)?;
        let body_bytes =
            usize::try_from(sealed.body_bytes).map_err(|_| damaged("its body size"))?;
        let table_bytes = body_bytes.div_ceil(PAGE_BYTES) * 4;
        if body_bytes.checked_add(table_bytes) != Some(footer_at) {
            return Err(damaged("its sections do not add up to its size"));
        }
        let table = &whole[body_bytes..footer_at];
        if masked_crc32c(table) != sealed.table_checksum {
            return Err(damaged("the page table's checksum is wrong"));
        }
        let (words, _) = table.as_chunks::<4>();
        let checksums: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let words = checksums.len().div_ceil(64);
        Ok(Self {
            name: name.to_owned(),
            footer: sealed.footer,
            body_bytes,
            verified: (0..words).map(|_| AtomicU64::new(0)).collect(),
            checksums,
            mapping,
        })
    }

    pub(super) fn footer(&self) -> &Footer {
        &self.footer
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.body_bytes
    }

    /// Bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(self.checksums.as_slice()) + size_of_val(&self.verified[..])
    }

    pub(super) fn corrupt(&self, what: &'static str) -> Error {
        Error::corrupt(&self.name, what)
    }

    /// `length` verified bytes of the body from `offset`.
    #[inline]
    pub(super) fn read(&self, offset: usize, length: usize) -> Result<&[u8], Error> {
        let end = offset
            .checked_add(length)
            .filter(|end| *end <= self.body_bytes);
        let Some(end) = end else {
            return Err(self.corrupt("it refers to bytes beyond its end"));
        };
        if length == 0 {
            return Ok(&[]);
        }
        for page in offset / PAGE_BYTES..=(end - 1) / PAGE_BYTES {
            let bit = 1 << (page % 64);
            // Relaxed: the bytes never change, so a thread that misses the bit verifies again.
            if self.verified[page / 64].load(Ordering::Relaxed) & bit == 0 {
                self.verify(page)?;
                self.verified[page / 64].fetch_or(bit, Ordering::Relaxed);
            }
        }
        Ok(&self.mapping.bytes()[offset..end])
    }

    #[cold]
    fn verify(&self, page: usize) -> Result<(), Error> {
        let start = page * PAGE_BYTES;
        let end = (start + PAGE_BYTES).min(self.body_bytes);
        if masked_crc32c(&self.mapping.bytes()[start..end]) != self.checksums[page] {
            return Err(self.corrupt("the checksum of a page is wrong"));
        }
        Ok(())
    }
}
