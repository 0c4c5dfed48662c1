//! Reads a tag section in place.
//!
//! Header and directory are checked when it is parsed. A page of a chunk is checked against its
//! checksum when it is first read, and containers are checked for form with it; both are
//! remembered. Arbitrary bytes give errors, never a panic, and never more memory than their size.

use std::sync::OnceLock;

use bytes::Bytes;
use tagma_core::{Value, schema::TagKind};

use super::{
    Column, Dictionary, Error, FORMAT_VERSION, Part, ValueIndex,
    directory::parse_directory,
    format::{BadHeader, Block, ENTRY_BYTES, Entry, Header},
    kind,
    parts::{Checks, Whole},
};
use crate::chunk::{Container, chunk_count, chunk_len, split};

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
    pub(super) bytes: Bytes,
    name: Box<str>,
    header: Header,
    pub(super) entries: Vec<Entry>,
    /// Where the checksums of pages start.
    pub(super) crcs: usize,
    pub(super) checks: Checks,
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
            checks: Checks::new(entries.len(), page_count),
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
        self.container(chunk, Whole::Presence, (entry.presence, entry.rows))
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
        let bytes = self.whole_part(chunk, Whole::Extra)?;
        let damaged = || self.corrupt(Part::Chunk(chunk), "value index");
        let index = ValueIndex::view(bytes, self.chunk_len(chunk)).ok_or_else(damaged)?;
        if !self.checks.knows(chunk, Whole::Extra) {
            index.check(entry.rows).ok_or_else(damaged)?;
            self.checks.remember(chunk, Whole::Extra);
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

    pub(super) fn corrupt(&self, part: Part, what: &'static str) -> Error {
        Error::Corrupt {
            object: self.name.to_string(),
            part,
            what,
        }
    }
}
