//! Writes a tag section in one pass over values in ordinal order.
//!
//! Holds, beside the bytes written, one chunk and (for a category) the dictionary.

use bytes::Bytes;
use tagma_core::{Value, schema::TagKind};

use super::{
    Error, SectionStats,
    chunk_writer::ChunkWriter,
    dictionary::{self, DictionaryBuilder, TEXT_BYTES_MAX},
    format::{Block, Entry, HEADER_BYTES, Header, align},
    kind::{self, NoRaw},
    stats,
};
use crate::chunk::{chunk_count, chunk_len, split};

/// A section ready to be stored.
#[derive(Debug, Clone)]
pub struct EncodedSection {
    /// The section as `docs/formats/tag-section.md` lays it out.
    pub bytes: Bytes,
    /// What it holds.
    pub stats: SectionStats,
}

/// Builds the section of one tag version in one shard.
#[derive(Debug)]
pub struct SectionBuilder {
    kind: TagKind,
    population: u32,
    last: Option<u32>,
    out: Vec<u8>,
    entries: Vec<Entry>,
    pages: Vec<u32>,
    chunk: ChunkWriter,
    dictionary: DictionaryBuilder,
    rows: u64,
}

impl SectionBuilder {
    /// Starts a section over the ordinals below `population`.
    pub fn new(kind: TagKind, population: u32) -> Self {
        Self {
            kind,
            population,
            last: None,
            out: vec![0; HEADER_BYTES],
            entries: Vec::with_capacity(chunk_count(population) as usize),
            pages: Vec::new(),
            chunk: ChunkWriter::default(),
            dictionary: DictionaryBuilder::default(),
            rows: 0,
        }
    }

    /// Gives a person a value. Ordinals ascend; NULL is no value and is passed over.
    ///
    /// # Errors
    /// [`Error::DuplicateValue`], [`Error::OutOfOrder`], [`Error::OutsidePopulation`],
    /// [`Error::WrongType`], [`Error::DoesNotFit`], [`Error::DictionaryFull`]. The builder must not
    /// be used after an error.
    pub fn push(&mut self, ordinal: u32, value: Value) -> Result<(), Error> {
        if value.is_null() {
            return Ok(());
        }
        self.check_ordinal(ordinal)?;
        let raw = self.raw(ordinal, value)?;
        let (chunk, position) = split(ordinal);
        self.write_chunks_below(chunk);
        self.chunk.push(position, raw);
        self.rows += 1;
        self.last = Some(ordinal);
        Ok(())
    }

    fn check_ordinal(&self, ordinal: u32) -> Result<(), Error> {
        match self.last {
            Some(last) if last == ordinal => Err(Error::DuplicateValue { ordinal }),
            Some(after) if after > ordinal => Err(Error::OutOfOrder { ordinal, after }),
            _ if ordinal >= self.population => Err(Error::OutsidePopulation {
                ordinal,
                population: self.population,
            }),
            _ => Ok(()),
        }
    }

    fn raw(&mut self, ordinal: u32, value: Value) -> Result<i64, Error> {
        let kind = self.kind;
        match (kind, value) {
            (TagKind::Category, Value::Text(text)) => {
                let code = self.dictionary.code(text);
                code.map(i64::from).ok_or(Error::DictionaryFull {
                    limit_bytes: TEXT_BYTES_MAX,
                })
            }
            (_, value) => kind::to_raw(kind, &value).map_err(|error| match error {
                NoRaw::WrongType => Error::WrongType {
                    ordinal,
                    kind,
                    found: value.value_type(),
                },
                NoRaw::DoesNotFit => Error::DoesNotFit { ordinal, kind },
            }),
        }
    }

    /// Writes the chunks before `chunk` that are not written yet.
    fn write_chunks_below(&mut self, chunk: u32) {
        while (self.entries.len() as u32) < chunk {
            let len = chunk_len(self.population, self.entries.len() as u32);
            let entry = self
                .chunk
                .write(self.kind, len, &mut self.out, &mut self.pages);
            self.entries.push(entry);
        }
    }

    /// Ends the section.
    pub fn finish(mut self) -> EncodedSection {
        self.write_chunks_below(chunk_count(self.population));
        let texts = std::mem::take(&mut self.dictionary).into_sorted();
        let dictionary = self.end_block(|out| dictionary::encode(&texts, out));
        let (entries, pages) = (std::mem::take(&mut self.entries), &self.pages.clone());
        let directory = self.end_block(|out| {
            entries.iter().for_each(|entry| entry.encode(out));
            pages
                .iter()
                .for_each(|crc| out.extend_from_slice(&crc.to_le_bytes()));
        });
        let header = Header {
            kind: self.kind,
            population: self.population,
            rows: self.rows,
            dictionary,
            texts: texts.len() as u32,
            directory,
        };
        self.out[..HEADER_BYTES].copy_from_slice(&header.encode());
        EncodedSection {
            stats: self.stats(&entries, texts),
            bytes: Bytes::from(self.out),
        }
    }

    fn end_block(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Block {
        let start = align(self.out.len());
        self.out.resize(start, 0);
        write(&mut self.out);
        let block = &self.out[start..];
        Block {
            offset: start as u64,
            len: block.len() as u64,
            crc: crc32c::crc32c(block),
        }
    }

    fn stats(&self, entries: &[Entry], texts: Vec<(String, u32, u64)>) -> SectionStats {
        let filled = || entries.iter().filter(|entry| entry.rows > 0);
        let sum: i128 = filled().map(|entry| entry.sum).sum();
        let mut stats = SectionStats {
            rows: self.rows,
            ..SectionStats::default()
        };
        match self.kind {
            TagKind::Category => {
                stats.distinct = Some(texts.len() as u64);
                let values = texts
                    .into_iter()
                    .map(|(text, _, count)| (Value::Text(text), count));
                stats.top = stats::top(values.collect());
            }
            TagKind::Bool => {
                let trues = sum as u64;
                let counts = [(false, self.rows - trues), (true, trues)];
                let held = counts.into_iter().filter(|(_, count)| *count > 0);
                stats.top = stats::top(held.map(|(v, count)| (Value::Bool(v), count)).collect());
                stats.distinct = Some(stats.top.len() as u64);
            }
            kind => {
                let value = |raw| kind::to_value(kind, raw);
                stats.min = filled().map(|entry| entry.min).min().map(value);
                stats.max = filled().map(|entry| entry.max).max().map(value);
                let summed = matches!(kind, TagKind::Int | TagKind::Decimal { .. });
                stats.sum = summed.then_some(sum);
            }
        }
        stats
    }
}
