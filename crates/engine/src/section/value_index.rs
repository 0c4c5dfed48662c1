//! The people of every value of one chunk of a category: a container per value.
//!
//! Kept where codes are 16 bits or wider and values are common enough that the lists cost no more
//! than the codes again: then "one of ten cities" reads the lists of ten cities instead of every
//! code. Narrower codes are scanned as fast as lists are read.
//!
//! Layout: u32 number of values; per value, ascending by code, 12 bytes (u32 code, u8 form, u8 0,
//! u16 people − 1, u32 end of its payload); then the payloads.

use super::format::read;
use crate::chunk::{ChunkSet, Container, ContainerForm, encode_words};

const ENTRY_BYTES: usize = 12;

/// Values per chunk must have this many people on average for an index to be written.
pub(super) const PEOPLE_PER_VALUE_MIN: usize = 32;

/// Appends the index of `(code, position)` pairs, sorted, of a chunk of `len` ordinals.
pub(super) fn encode(pairs: &[(u32, u16)], len: u32, out: &mut Vec<u8>) {
    let mut entries = Vec::new();
    let mut payloads = Vec::new();
    let mut set = ChunkSet::default();
    let mut values = 0_u32;
    for group in pairs.chunk_by(|a, b| a.0 == b.0) {
        set.clear();
        for (_, position) in group {
            set.insert(*position);
        }
        let form = encode_words(&set, len, &mut payloads);
        entries.extend_from_slice(&group[0].0.to_le_bytes());
        entries.extend_from_slice(&[form as u8, 0]);
        entries.extend_from_slice(&((group.len() - 1) as u16).to_le_bytes());
        entries.extend_from_slice(&(payloads.len() as u32).to_le_bytes());
        values += 1;
    }
    out.extend_from_slice(&values.to_le_bytes());
    out.append(&mut entries);
    out.append(&mut payloads);
}

/// The people of every value of one chunk, read in place.
#[derive(Debug, Clone, Copy)]
pub struct ValueIndex<'a> {
    entries: &'a [[u8; ENTRY_BYTES]],
    payloads: &'a [u8],
    len: u32,
}

impl<'a> ValueIndex<'a> {
    /// Reads the outline; `None` if it does not fit its bytes.
    pub(super) fn view(bytes: &'a [u8], len: u32) -> Option<Self> {
        let (values, rest) = bytes.split_first_chunk::<4>()?;
        let table = (u32::from_le_bytes(*values) as usize).checked_mul(ENTRY_BYTES)?;
        let (entries, payloads) = rest.split_at_checked(table)?;
        Some(Self {
            entries: entries.as_chunks().0,
            payloads,
            len,
        })
    }

    /// Checks everything that reading relies on: order, bounds, each list, `rows` people in all.
    pub(super) fn check(&self, rows: u32) -> Option<()> {
        let mut total = 0_u32;
        let mut before: Option<u32> = None;
        for index in 0..self.entries.len() {
            let (code, people, container) = self.entry(index)?;
            if before.is_some_and(|before| before >= code) {
                return None;
            }
            container.check(self.len, people).ok()?;
            before = Some(code);
            total = total.checked_add(people)?;
        }
        (total == rows).then_some(())
    }

    fn entry(&self, index: usize) -> Option<(u32, u32, Container<'a>)> {
        let end = |entry: &[u8; ENTRY_BYTES]| u32::from_le_bytes(read(entry, 8)) as usize;
        let entry = self.entries.get(index)?;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| end(&self.entries[before]));
        let payload = self.payloads.get(start..end(entry))?;
        let form = ContainerForm::from_number(entry[4])?;
        let container = Container::view(form, payload, self.len).ok()?;
        let people = u32::from(u16::from_le_bytes(read(entry, 6))) + 1;
        Some((u32::from_le_bytes(read(entry, 0)), people, container))
    }

    /// Number of people and their list, for the values whose code lies in `low..=high`.
    pub fn lists(&self, low: u32, high: u32) -> impl Iterator<Item = (u32, Container<'a>)> + '_ {
        let code = |entry: &[u8; ENTRY_BYTES]| u32::from_le_bytes(read(entry, 0));
        let first = self.entries.partition_point(|entry| code(entry) < low);
        (first..self.entries.len())
            .map_while(move |index| self.entry(index).filter(|(code, ..)| *code <= high))
            .map(|(_, people, container)| (people, container))
    }
}
