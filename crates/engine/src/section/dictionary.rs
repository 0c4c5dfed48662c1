//! The texts of a category: sorted, each with its code and the number of people who have it.
//!
//! A code is the number of the text in order of first appearance, so that a section can be written
//! in one pass; the order of texts is kept beside it. Layout: codes, counts and ends (u32 × texts
//! each, in order of texts), then the texts one after another.

use std::collections::BTreeMap;

use bytes::Bytes;

/// Collects texts while a section is written.
#[derive(Debug, Default)]
pub(super) struct DictionaryBuilder {
    codes: BTreeMap<String, u32>,
    counts: Vec<u64>,
    bytes: u64,
}

/// Bytes of text that a dictionary holds at most.
pub(super) const TEXT_BYTES_MAX: u64 = u32::MAX as u64;

impl DictionaryBuilder {
    /// The text's code, counted once more; `None` if the dictionary is full.
    pub(super) fn code(&mut self, text: String) -> Option<u32> {
        if let Some(code) = self.codes.get(&text) {
            self.counts[*code as usize] += 1;
            return Some(*code);
        }
        self.bytes += text.len() as u64;
        if self.bytes > TEXT_BYTES_MAX {
            return None;
        }
        let code = self.counts.len() as u32;
        self.counts.push(1);
        self.codes.insert(text, code);
        Some(code)
    }

    /// (text, code, count), sorted by text.
    pub(super) fn into_sorted(self) -> Vec<(String, u32, u64)> {
        let counts = self.counts;
        let mut entries: Vec<_> = self
            .codes
            .into_iter()
            .map(|(text, code)| (text, code, counts[code as usize]))
            .collect();
        entries.sort_unstable();
        entries
    }
}

/// Appends the block of sorted entries.
pub(super) fn encode(entries: &[(String, u32, u64)], out: &mut Vec<u8>) {
    for (_, code, _) in entries {
        out.extend_from_slice(&code.to_le_bytes());
    }
    for (_, _, count) in entries {
        // A shard has fewer than 2³² people.
        out.extend_from_slice(&(*count as u32).to_le_bytes());
    }
    let mut end = 0_u32;
    for (text, _, _) in entries {
        end += text.len() as u32;
        out.extend_from_slice(&end.to_le_bytes());
    }
    for (text, _, _) in entries {
        out.extend_from_slice(text.as_bytes());
    }
}

/// The texts of a category, as read.
#[derive(Debug)]
pub struct Dictionary {
    texts: Bytes,
    /// By rank (place in the order of texts).
    ends: Vec<u32>,
    codes: Vec<u32>,
    counts: Vec<u32>,
    /// By code.
    ranks: Vec<u32>,
}

impl Dictionary {
    /// Reads the block of `len` texts, checking all that later reading relies on.
    pub(super) fn decode(block: &Bytes, len: u32) -> Result<Self, &'static str> {
        let len = len as usize;
        let table = len.checked_mul(12).filter(|table| *table <= block.len());
        let table = table.ok_or("too short for its texts")?;
        let column = |index: usize| -> Vec<u32> {
            let (words, _) = block[index * len * 4..(index + 1) * len * 4].as_chunks::<4>();
            words.iter().map(|word| u32::from_le_bytes(*word)).collect()
        };
        let (codes, counts, ends) = (column(0), column(1), column(2));
        let mut ranks = vec![u32::MAX; len];
        for (rank, code) in codes.iter().enumerate() {
            match ranks.get_mut(*code as usize) {
                Some(slot) if *slot == u32::MAX => *slot = rank as u32,
                _ => return Err("codes are not a permutation"),
            }
        }
        let dictionary = Self {
            texts: block.slice(table..),
            ends,
            codes,
            counts,
            ranks,
        };
        dictionary.check_texts()?;
        Ok(dictionary)
    }

    fn check_texts(&self) -> Result<(), &'static str> {
        if self.ends.last().map_or(0, |end| *end as usize) != self.texts.len() {
            return Err("length of the texts");
        }
        let mut before: Option<&str> = None;
        for rank in 0..self.ends.len() {
            let (start, end) = self.bounds(rank);
            let bytes = self.texts.get(start..end).ok_or("text out of order")?;
            let text = std::str::from_utf8(bytes).map_err(|_| "text is not UTF-8")?;
            if before.is_some_and(|before| before >= text) {
                return Err("texts are not sorted");
            }
            before = Some(text);
        }
        Ok(())
    }

    fn bounds(&self, rank: usize) -> (usize, usize) {
        let start = rank.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start as usize, self.ends[rank] as usize)
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a place in the order of texts; panics beyond [`Self::len`].
    fn text_at(&self, rank: usize) -> &str {
        let (start, end) = self.bounds(rank);
        std::str::from_utf8(&self.texts[start..end]).expect("checked when it was read")
    }

    /// The text of a code.
    pub fn text(&self, code: u32) -> Option<&str> {
        let rank = *self.ranks.get(code as usize)?;
        Some(self.text_at(rank as usize))
    }

    /// The code of a text.
    pub fn code(&self, text: &str) -> Option<u32> {
        let mut range = 0..self.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match self.text_at(middle).cmp(text) {
                std::cmp::Ordering::Equal => return Some(self.codes[middle]),
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        None
    }

    /// Number of people in the section who have the text of this code.
    pub fn people(&self, code: u32) -> u32 {
        self.ranks
            .get(code as usize)
            .map_or(0, |rank| self.counts[*rank as usize])
    }

    /// (text, code), in the order of texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..self.len()).map(|rank| (self.text_at(rank), self.codes[rank]))
    }
}
