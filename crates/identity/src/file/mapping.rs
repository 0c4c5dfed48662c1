//! The only place that maps files into memory.
//!
//! Owns the one unsafe call. A map file is written under a temporary name, renamed when complete
//! and never written again; it may be unlinked, which leaves the mapping whole.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// A read-only mapping of a whole file.
#[derive(Debug)]
pub(super) struct Mapping {
    map: Mmap,
}

impl Mapping {
    /// Maps all of `file`, which must not be empty.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the mapping is read-only, and map files are never written or truncated after
        // their rename (`writer.rs` is their only writer and works on temporary names), so the
        // bytes behind the slice do not change while it lives. A process outside that writes into
        // the data directory all the same changes bytes under checksums that are checked before
        // a page is used for the first time; no type with invalid bit patterns is read from them.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self { map })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.map
    }
}
