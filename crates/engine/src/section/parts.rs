//! Parts of chunks, checked when they are first read.
//!
//! A page is checked against its checksum, a container for its form; both are remembered.

use std::{
    ops::Range,
    sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed},
};

use super::{
    Codes, Column, ColumnData, Error, Part, TagSection,
    format::{CodeLayout, Entry, PAGE_BYTES, read},
};
use crate::chunk::{Container, ContainerForm, Malformed};

/// Which parts and pages of a section are known to be good.
#[derive(Debug)]
pub(super) struct Checks {
    /// Per chunk, bits: the part as a whole.
    parts: Vec<AtomicU8>,
    /// Per page, a bit.
    pages: Vec<AtomicU64>,
}

/// A part of a chunk, as a bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Whole {
    Presence = 1,
    Codes = 2,
    Extra = 4,
}

impl Checks {
    pub(super) fn new(chunks: usize, pages: usize) -> Self {
        Self {
            parts: (0..chunks).map(|_| AtomicU8::new(0)).collect(),
            pages: (0..pages.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    pub(super) fn knows(&self, chunk: u32, whole: Whole) -> bool {
        self.parts[chunk as usize].load(Relaxed) & whole as u8 != 0
    }

    pub(super) fn remember(&self, chunk: u32, whole: Whole) {
        self.parts[chunk as usize].fetch_or(whole as u8, Relaxed);
    }
}

/// Where a part lies, and its first page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) page: usize,
}

impl Entry {
    pub(super) fn place(&self, whole: Whole) -> Place {
        let (index, len) = match whole {
            Whole::Presence => (0, self.presence_len),
            Whole::Codes => (1, self.codes_len),
            Whole::Extra => (2, self.extra_len),
        };
        Place {
            start: self.parts()[index],
            len: len as usize,
            page: self.pages()[index],
        }
    }
}

impl TagSection {
    /// The values of a chunk; only what the value at `position` needs is checked, if given.
    pub(super) fn column_where(
        &self,
        chunk: u32,
        position: Option<u16>,
    ) -> Result<Column<'_>, Error> {
        let presence = self.presence(chunk)?;
        let Some(entry) = self
            .entries
            .get(chunk as usize)
            .filter(|entry| entry.rows > 0)
        else {
            return Ok(Column::EMPTY);
        };
        let data = match entry.layout {
            CodeLayout::None => ColumnData::Bool(self.truth(chunk, entry)?),
            CodeLayout::Dense => {
                let index = position.map(usize::from);
                ColumnData::Dense(self.codes(chunk, self.chunk_len(chunk), index)?)
            }
            CodeLayout::Sparse => {
                let rank = match position {
                    Some(position) => match presence.rank(position) {
                        None => return Ok(Column::EMPTY),
                        rank => rank,
                    },
                    None => None,
                };
                ColumnData::Sparse(self.codes(chunk, entry.rows, rank)?)
            }
        };
        Ok(Column { presence, data })
    }

    /// The people of a bool whose value is `true`.
    fn truth(&self, chunk: u32, entry: &Entry) -> Result<Container<'_>, Error> {
        let form = ContainerForm::from_number(entry.extra).unwrap_or(ContainerForm::Empty);
        // `Entry::check` has seen that the sum of a bool fits u32.
        self.container(chunk, Whole::Extra, (form, entry.sum as u32))
    }

    /// `count` codes; only those pages are checked that `index` lies in, if given.
    fn codes(&self, chunk: u32, count: u32, index: Option<usize>) -> Result<Codes<'_>, Error> {
        let entry = &self.entries[chunk as usize];
        let whole = 0..entry.codes_len as usize;
        let needed = match index {
            _ if self.checks.knows(chunk, Whole::Codes) => 0..0,
            // A position beyond the chunk has no value; whoever asks finds that in the presence.
            Some(index) if index < count as usize => Codes::bytes_of(entry.width, index),
            _ => whole.clone(),
        };
        let bytes = self.part(chunk, entry.place(Whole::Codes), needed.clone())?;
        if needed == whole {
            self.checks.remember(chunk, Whole::Codes);
        }
        Ok(Codes::new(bytes, entry.width, count, entry.min))
    }

    /// A container of `count` people, checked in full when it is first read.
    pub(super) fn container(
        &self,
        chunk: u32,
        whole: Whole,
        (form, count): (ContainerForm, u32),
    ) -> Result<Container<'_>, Error> {
        let damaged = |error: Malformed| self.corrupt(Part::Chunk(chunk), error.0);
        let len = self.chunk_len(chunk);
        let bytes = self.whole_part(chunk, whole)?;
        let container = Container::view(form, bytes, len).map_err(damaged)?;
        if !self.checks.knows(chunk, whole) {
            container.check(len, count).map_err(damaged)?;
            self.checks.remember(chunk, whole);
        }
        Ok(container)
    }

    /// A part, after checking all its pages.
    pub(super) fn whole_part(&self, chunk: u32, whole: Whole) -> Result<&[u8], Error> {
        let place = self.entries[chunk as usize].place(whole);
        self.part(chunk, place, 0..place.len)
    }

    /// A part, after checking the pages that hold `needed`.
    fn part(&self, chunk: u32, place: Place, needed: Range<usize>) -> Result<&[u8], Error> {
        let part = &self.bytes[place.start..place.start + place.len];
        if !part.is_empty() && !needed.is_empty() {
            for index in needed.start / PAGE_BYTES..=(needed.end - 1) / PAGE_BYTES {
                let end = part.len().min((index + 1) * PAGE_BYTES);
                let page = &part[index * PAGE_BYTES..end];
                self.check_page(chunk, page, place.page + index)?;
            }
        }
        Ok(part)
    }

    fn check_page(&self, chunk: u32, bytes: &[u8], page: usize) -> Result<(), Error> {
        let (known, bit) = (&self.checks.pages[page / 64], 1 << (page % 64));
        if known.load(Relaxed) & bit != 0 {
            return Ok(());
        }
        if crc32c::crc32c(bytes) != u32::from_le_bytes(read(&self.bytes, self.crcs + page * 4)) {
            return Err(self.corrupt(Part::Chunk(chunk), "checksum"));
        }
        known.fetch_or(bit, Relaxed);
        Ok(())
    }
}
