//! Reads a tag section in place.
//!
//! Header and directory are checked when it is parsed. A page of a chunk is checked against its
//! checksum when it is first read, and containers are checked for form with it; both are
//! remembered. Arbitrary bytes give errors, never a panic, and never more memory than their size.

use std::sync::{
    OnceLock,
    atomic::{AtomicU8, AtomicU64, Ordering::Relaxed},
};

use bytes::Bytes;
use tagma_core::{Value, schema::TagKind};

use super::{
    Codes, Column, ColumnData, Dictionary, Error, FORMAT_VERSION, Part, ValueIndex,
    format::{
        BadHeader, Block, CodeLayout, ENTRY_BYTES, Entry, HEADER_BYTES, Header, PAGE_BYTES, align,
    },
    kind,
};
use crate::chunk::{Container, ContainerForm, chunk_count, chunk_len, split};

/// Bits of [`TagSection::checked`].
const PRESENCE: u8 = 1;
const CODES: u8 = 2;
const EXTRA: u8 = 4;

/// Bounds of the raw values of a chunk, or of all chunks, where there are some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkBounds {
    /// Number of values, at least 1.
    pub rows: u32,
    /// Smallest.
    pub min: i64,
    /// Greatest.
    pub max: i64,
}

/// The values of one tag version in one shard.
#[derive(Debug)]
pub struct TagSection {
    bytes: Bytes,
    name: Box<str>,
    header: Header,
    entries: Vec<Entry>,
    /// Where the checksums of pages start.
    crcs: usize,
    /// Per chunk: which parts are known to be good as a whole.
    checked: Vec<AtomicU8>,
    /// Per page, a bit: known to be good.
    pages: Vec<AtomicU64>,
    dictionary: OnceLock<Dictionary>,
}

impl TagSection {
    /// Reads header and directory. `name` says in errors what the bytes are: the object's name,
    /// the tag and its version.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Incompatible`].
    pub fn parse(bytes: Bytes, name: &str) -> Result<Self, Error> {
        let corrupt = |part, what| Error::Corrupt {
            object: name.to_owned(),
            part,
            what,
        };
        let header = Header::decode(&bytes).map_err(|bad| match bad {
            BadHeader::Damaged(what) => corrupt(Part::Header, what),
            BadHeader::Version(found) => Error::Incompatible {
                object: name.to_owned(),
                found,
                supported: FORMAT_VERSION,
            },
        })?;
        let entries =
            parse_directory(&bytes, &header).map_err(|what| corrupt(Part::Directory, what))?;
        let page_count = entries.last().map_or(0, |entry| entry.pages()[3]);
        Ok(Self {
            name: name.into(),
            crcs: header.directory.offset as usize + entries.len() * ENTRY_BYTES,
            checked: entries.iter().map(|_| AtomicU8::new(0)).collect(),
            pages: (0..page_count.div_ceil(64))
                .map(|_| AtomicU64::new(0))
                .collect(),
            dictionary: OnceLock::new(),
            bytes,
            header,
            entries,
        })
    }

    /// The tag's kind.
    pub fn kind(&self) -> TagKind {
        self.header.kind
    }

    /// Ordinals of the section are below this; later people have no value.
    pub fn population(&self) -> u32 {
        self.header.population
    }

    /// Number of people with a value.
    pub fn rows(&self) -> u64 {
        self.header.rows
    }

    /// Number of chunks.
    pub fn chunks(&self) -> u32 {
        chunk_count(self.header.population)
    }

    /// Bytes of the section as stored.
    pub fn stored_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Number of ordinals of a chunk, 0 beyond the section.
    pub fn chunk_len(&self, chunk: u32) -> u32 {
        chunk_len(self.header.population, chunk)
    }

    /// Bounds of a chunk's raw values; `None` where nobody has one.
    pub fn bounds(&self, chunk: u32) -> Option<ChunkBounds> {
        let entry = self.entries.get(chunk as usize)?;
        (entry.rows > 0).then_some(ChunkBounds {
            rows: entry.rows,
            min: entry.min,
            max: entry.max,
        })
    }

    /// Bounds of all raw values; `None` where nobody has one.
    pub fn all_bounds(&self) -> Option<ChunkBounds> {
        let bounds = (0..self.chunks()).filter_map(|chunk| self.bounds(chunk));
        bounds.reduce(|all, bounds| ChunkBounds {
            rows: all.rows.saturating_add(bounds.rows),
            min: all.min.min(bounds.min),
            max: all.max.max(bounds.max),
        })
    }

    /// Number of `true` values of a bool section in a chunk; else the sum of the raw values.
    pub fn sum(&self, chunk: u32) -> i128 {
        self.entries
            .get(chunk as usize)
            .map_or(0, |entry| entry.sum)
    }

    /// Bits of a chunk's codes: what a scan of it costs.
    pub(crate) fn code_width(&self, chunk: u32) -> u8 {
        self.entries
            .get(chunk as usize)
            .map_or(0, |entry| entry.width)
    }

    /// The value of a person; NULL without one. Reads one page beside the presence.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn value(&self, ordinal: u32) -> Result<Value, Error> {
        let (chunk, position) = split(ordinal);
        self.raw(chunk, position)?
            .map_or(Ok(Value::Null), |raw| self.to_value(chunk, raw))
    }

    /// Appends the values of the people at `positions` of a chunk; NULL for those without one.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn values(&self, chunk: u32, positions: &[u16], out: &mut Vec<Value>) -> Result<(), Error> {
        let column = self.column(chunk)?;
        for position in positions {
            out.push(match column.raw(*position) {
                Some(raw) => self.to_value(chunk, raw)?,
                None => Value::Null,
            });
        }
        Ok(())
    }

    /// Who of a chunk has a value.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn presence(&self, chunk: u32) -> Result<Container<'_>, Error> {
        let Some(entry) = self.entries.get(chunk as usize) else {
            return Ok(Container::EMPTY);
        };
        let [start, ..] = entry.parts();
        let part = (start, entry.presence_len, entry.pages()[0]);
        let count = (entry.presence, entry.rows);
        self.container(chunk, part, count, PRESENCE)
    }

    /// The values of a chunk, checked as a whole.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn column(&self, chunk: u32) -> Result<Column<'_>, Error> {
        self.column_where(chunk, None)
    }

    /// The people of every value of a chunk, where an index was worth storing.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn value_index(&self, chunk: u32) -> Result<Option<ValueIndex<'_>>, Error> {
        let indexed = |entry: &&Entry| self.kind() == TagKind::Category && entry.extra == 1;
        let Some(entry) = self.entries.get(chunk as usize).filter(indexed) else {
            return Ok(None);
        };
        let ([.., start, _], [.., page, _]) = (entry.parts(), entry.pages());
        let whole = 0..entry.extra_len as usize;
        let bytes = self.part(chunk, (start, entry.extra_len, page), whole)?;
        let damaged = || self.corrupt(Part::Chunk(chunk), "value index");
        let index = ValueIndex::view(bytes, self.chunk_len(chunk)).ok_or_else(damaged)?;
        if self.checked[chunk as usize].load(Relaxed) & EXTRA == 0 {
            index.check(entry.rows).ok_or_else(damaged)?;
            self.checked[chunk as usize].fetch_or(EXTRA, Relaxed);
        }
        Ok(Some(index))
    }

    /// The texts of a category; an empty one for other kinds.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn dictionary(&self) -> Result<&Dictionary, Error> {
        if let Some(dictionary) = self.dictionary.get() {
            return Ok(dictionary);
        }
        let Block { offset, len, crc } = self.header.dictionary;
        let block = self.bytes.slice(offset as usize..(offset + len) as usize);
        let corrupt = |what| self.corrupt(Part::Dictionary, what);
        if crc32c::crc32c(&block) != crc {
            return Err(corrupt("checksum"));
        }
        let dictionary = Dictionary::decode(&block, self.header.texts).map_err(corrupt)?;
        Ok(self.dictionary.get_or_init(|| dictionary))
    }

    /// The value of a raw form that was read from `chunk`.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn to_value(&self, chunk: u32, raw: i64) -> Result<Value, Error> {
        if self.kind() != TagKind::Category {
            return Ok(kind::to_value(self.kind(), raw));
        }
        let code = u32::try_from(raw).ok();
        let text = match code {
            Some(code) => self.dictionary()?.text(code),
            None => None,
        };
        text.map(|text| Value::Text(text.to_owned()))
            .ok_or_else(|| self.corrupt(Part::Chunk(chunk), "code without a text"))
    }

    /// The raw value of one person.
    pub(crate) fn raw(&self, chunk: u32, position: u16) -> Result<Option<i64>, Error> {
        Ok(self.column_where(chunk, Some(position))?.raw(position))
    }

    /// The values of a chunk; only what the value at `position` needs is checked, if given.
    fn column_where(&self, chunk: u32, position: Option<u16>) -> Result<Column<'_>, Error> {
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

    fn truth(&self, chunk: u32, entry: &Entry) -> Result<Container<'_>, Error> {
        let form = ContainerForm::from_number(entry.extra).unwrap_or(ContainerForm::Empty);
        let ([.., start, _], [.., page, _]) = (entry.parts(), entry.pages());
        let part = (start, entry.extra_len, page);
        // `Entry::check` has seen that the sum of a bool fits u32.
        self.container(chunk, part, (form, entry.sum as u32), EXTRA)
    }

    /// `count` codes; only those pages are checked that `index` lies in, if given.
    fn codes(&self, chunk: u32, count: u32, index: Option<usize>) -> Result<Codes<'_>, Error> {
        let entry = &self.entries[chunk as usize];
        let (start, page) = (entry.parts()[1], entry.pages()[1]);
        let whole = 0..entry.codes_len as usize;
        let needed = match index {
            // A position beyond the chunk has no value; whoever asks finds that in the presence.
            Some(index) if index < count as usize => Codes::bytes_of(entry.width, index),
            _ => whole.clone(),
        };
        let flag = &self.checked[chunk as usize];
        let bytes = if flag.load(Relaxed) & CODES != 0 {
            &self.bytes[start..start + entry.codes_len as usize]
        } else {
            self.part(chunk, (start, entry.codes_len, page), needed.clone())?
        };
        if needed == whole {
            flag.fetch_or(CODES, Relaxed);
        }
        Ok(Codes::new(bytes, entry.width, count, entry.min))
    }

    /// A container, checked in full when it is first read.
    fn container(
        &self,
        chunk: u32,
        part: (usize, u32, usize),
        (form, count): (ContainerForm, u32),
        flag: u8,
    ) -> Result<Container<'_>, Error> {
        let len = self.chunk_len(chunk);
        let bytes = self.part(chunk, part, 0..part.1 as usize)?;
        let damaged = |error: crate::chunk::Malformed| self.corrupt(Part::Chunk(chunk), error.0);
        let container = Container::view(form, bytes, len).map_err(damaged)?;
        if self.checked[chunk as usize].load(Relaxed) & flag == 0 {
            container.check(len, count).map_err(damaged)?;
            self.checked[chunk as usize].fetch_or(flag, Relaxed);
        }
        Ok(container)
    }

    /// The part (start, length, first page), after checking the pages that hold `needed`.
    fn part(
        &self,
        chunk: u32,
        (start, len, first_page): (usize, u32, usize),
        needed: std::ops::Range<usize>,
    ) -> Result<&[u8], Error> {
        let part = &self.bytes[start..start + len as usize];
        if !part.is_empty() && !needed.is_empty() {
            for index in needed.start / PAGE_BYTES..=(needed.end - 1) / PAGE_BYTES {
                self.check_page(chunk, part, index, first_page + index)?;
            }
        }
        Ok(part)
    }

    fn check_page(&self, chunk: u32, part: &[u8], index: usize, page: usize) -> Result<(), Error> {
        let (known, bit) = (&self.pages[page / 64], 1 << (page % 64));
        if known.load(Relaxed) & bit != 0 {
            return Ok(());
        }
        let end = part.len().min((index + 1) * PAGE_BYTES);
        let crc = crc32c::crc32c(&part[index * PAGE_BYTES..end]);
        if crc != u32::from_le_bytes(super::format::read(&self.bytes, self.crcs + page * 4)) {
            return Err(self.corrupt(Part::Chunk(chunk), "checksum"));
        }
        known.fetch_or(bit, Relaxed);
        Ok(())
    }

    fn corrupt(&self, part: Part, what: &'static str) -> Error {
        Error::Corrupt {
            object: self.name.to_string(),
            part,
            what,
        }
    }
}

/// The entries, after checking that directory, chunks and dictionary fill the bytes exactly.
fn parse_directory(bytes: &Bytes, header: &Header) -> Result<Vec<Entry>, &'static str> {
    let Block { offset, len, crc } = header.directory;
    let end = offset.checked_add(len).ok_or("beyond the section")?;
    if end != bytes.len() as u64 {
        return Err("does not end the section");
    }
    let block = &bytes[offset as usize..];
    if crc32c::crc32c(block) != crc {
        return Err("checksum");
    }
    let chunks = chunk_count(header.population) as usize;
    let table = chunks * ENTRY_BYTES;
    if block.len() < table {
        return Err("too short for its chunks");
    }
    let mut entries = Vec::with_capacity(chunks);
    let (mut start, mut page, mut rows) = (align(HEADER_BYTES), 0, 0_u64);
    for (chunk, entry) in block[..table]
        .as_chunks::<ENTRY_BYTES>()
        .0
        .iter()
        .enumerate()
    {
        let entry = Entry::decode(entry).ok_or("unknown form or layout")?;
        entry.check(header, chunk as u32)?;
        if entry.offset != start as u64 || entry.first_page as usize != page {
            return Err("chunks do not follow each other");
        }
        start = entry.parts()[3];
        page = entry.pages()[3];
        rows += u64::from(entry.rows);
        entries.push(entry);
    }
    if block.len() - table != page * 4 {
        return Err("number of checksums");
    }
    let dictionary = header.dictionary;
    let dictionary_end = dictionary.offset.checked_add(dictionary.len);
    let fills = dictionary.offset == start as u64
        && dictionary_end.is_some_and(|end| end <= offset && align(end as usize) as u64 == offset);
    if !fills || rows != header.rows {
        return Err("parts do not fill the section");
    }
    Ok(entries)
}
