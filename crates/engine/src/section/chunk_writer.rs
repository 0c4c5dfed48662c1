//! Collects the values of one chunk and writes its parts.

use tagma_core::schema::TagKind;

use super::{
    codes::{pack, width_for},
    format::{CodeLayout, Entry, PAGE_BYTES, SPARSE_FRACTION, align},
    value_index,
};
use crate::chunk::{ChunkSet, ContainerForm, encode_words};

/// Codes of fewer bits are scanned as fast as an index is read.
const INDEXED_WIDTH_MIN: u8 = 16;

/// The values of the chunk being written.
#[derive(Debug, Default)]
pub(super) struct ChunkWriter {
    presence: ChunkSet,
    positions: Vec<u16>,
    raws: Vec<i64>,
    codes: Vec<u64>,
}

impl ChunkWriter {
    pub(super) fn push(&mut self, position: u16, raw: i64) {
        self.positions.push(position);
        self.raws.push(raw);
    }

    /// Appends the chunk's parts, each aligned, and the checksums of their pages; starts anew.
    /// `len` is the number of ordinals in the chunk.
    pub(super) fn write(
        &mut self,
        kind: TagKind,
        len: u32,
        out: &mut Vec<u8>,
        pages: &mut Vec<u32>,
    ) -> Entry {
        out.resize(align(out.len()), 0);
        let mut entry = Entry::empty(out.len() as u64, pages.len() as u32);
        if self.raws.is_empty() {
            return entry;
        }
        self.summarise(&mut entry);
        self.presence.clear();
        for position in &self.positions {
            self.presence.insert(*position);
        }
        entry.presence = encode_words(&self.presence, len, out);
        entry.presence_len = end_part(entry.offset as usize, out, pages);
        if kind == TagKind::Bool {
            self.write_truth(&mut entry, len, out, pages);
        } else {
            self.write_codes(&mut entry, len, out, pages);
            self.write_index(kind, &mut entry, len, out, pages);
        }
        out.resize(align(out.len()), 0);
        self.positions.clear();
        self.raws.clear();
        entry
    }

    fn summarise(&self, entry: &mut Entry) {
        entry.rows = self.raws.len() as u32;
        entry.min = self.raws.iter().copied().min().unwrap_or_default();
        entry.max = self.raws.iter().copied().max().unwrap_or_default();
        entry.sum = self.raws.iter().copied().map(i128::from).sum();
    }

    fn write_truth(
        &mut self,
        entry: &mut Entry,
        len: u32,
        out: &mut Vec<u8>,
        pages: &mut Vec<u32>,
    ) {
        self.presence.clear();
        for (position, raw) in self.positions.iter().zip(&self.raws) {
            if *raw != 0 {
                self.presence.insert(*position);
            }
        }
        let [_, _, start, _] = entry.parts();
        out.resize(start, 0);
        entry.extra = encode_words(&self.presence, len, out) as u8;
        entry.extra_len = end_part(start, out, pages);
    }

    fn write_codes(
        &mut self,
        entry: &mut Entry,
        len: u32,
        out: &mut Vec<u8>,
        pages: &mut Vec<u32>,
    ) {
        let [_, start, ..] = entry.parts();
        out.resize(start, 0);
        let code = |raw: &i64| raw.wrapping_sub(entry.min).cast_unsigned();
        self.codes.clear();
        let sparse = entry.rows.saturating_mul(SPARSE_FRACTION) < len;
        if sparse && entry.presence == ContainerForm::Array {
            entry.layout = CodeLayout::Sparse;
            self.codes.extend(self.raws.iter().map(code));
        } else {
            entry.layout = CodeLayout::Dense;
            self.codes.resize(len as usize, 0);
            for (position, raw) in self.positions.iter().zip(&self.raws) {
                self.codes[usize::from(*position)] = code(raw);
            }
        }
        entry.width = width_for(entry.max.wrapping_sub(entry.min).cast_unsigned());
        pack(&self.codes, entry.width, out);
        entry.codes_len = end_part(start, out, pages);
    }

    fn write_index(
        &mut self,
        kind: TagKind,
        entry: &mut Entry,
        len: u32,
        out: &mut Vec<u8>,
        pages: &mut Vec<u32>,
    ) {
        let wide = entry.layout == CodeLayout::Dense && entry.width >= INDEXED_WIDTH_MIN;
        if kind != TagKind::Category || !wide {
            return;
        }
        let codes = self.raws.iter().map(|raw| *raw as u32);
        let mut pairs: Vec<_> = codes.zip(self.positions.iter().copied()).collect();
        pairs.sort_unstable();
        let values = pairs.chunk_by(|a, b| a.0 == b.0).count();
        if pairs.len() < values * value_index::PEOPLE_PER_VALUE_MIN {
            return;
        }
        let [_, _, start, _] = entry.parts();
        out.resize(start, 0);
        value_index::encode(&pairs, len, out);
        entry.extra = 1;
        entry.extra_len = end_part(start, out, pages);
    }
}

/// Adds the checksums of the part that began at `start`; returns its length.
fn end_part(start: usize, out: &[u8], pages: &mut Vec<u32>) -> u32 {
    let part = &out[start..];
    pages.extend(part.chunks(PAGE_BYTES).map(crc32c::crc32c));
    part.len() as u32
}
