//! Set operations of a working set with a stored one, without unpacking it first.

use super::{
    ChunkSet, Container,
    set::{clear_range, set_range},
};
use crate::kernel::{self, BITMAP_BYTES, Words};

/// Start and end of a stored run.
pub(super) fn run_bounds(run: [u8; 4]) -> (u32, u32) {
    let start = u32::from(u16::from_le_bytes([run[0], run[1]]));
    let more = u32::from(u16::from_le_bytes([run[2], run[3]]));
    // A damaged run could reach beyond the chunk: `check` reports it, nothing may panic on it.
    (start, (start + more + 1).min(super::CHUNK_ORDINALS))
}

/// Calls `visit` for the stretches of ones of a word whose first bit is position `base`.
pub(super) fn runs_of_word(word: u64, base: u32, visit: &mut impl FnMut(u32, u32)) {
    let mut rest = word;
    while rest != 0 {
        let start = rest.trailing_zeros();
        let length = (rest >> start).trailing_ones();
        visit(base + start, base + start + length);
        if start + length == 64 {
            return;
        }
        rest &= u64::MAX << (start + length);
    }
}

impl ChunkSet {
    /// `self ∩ other`.
    pub fn and_container(&mut self, other: &Container<'_>) {
        match other {
            Container::Prefix(len) => self.truncate(*len),
            _ if self.prefix == Some(0) => {}
            Container::Array(values) => keep_listed(self.words_mut(), values),
            Container::Bitmap(bytes) => match self.prefix {
                Some(len) => {
                    self.load(bytes);
                    self.truncate(len);
                }
                None => kernel::and_bytes(&mut self.words, bytes),
            },
            Container::Runs(runs) => {
                let words = self.words_mut();
                let mut done = 0;
                for run in *runs {
                    let (start, end) = run_bounds(*run);
                    clear_range(words, done, start);
                    done = end;
                }
                clear_range(words, done, super::CHUNK_ORDINALS);
            }
        }
    }

    /// `self ∪ other`.
    pub fn or_container(&mut self, other: &Container<'_>) {
        match other {
            Container::Prefix(len) => self.insert_range(0, *len),
            Container::Array(values) => {
                let words = self.words_mut();
                for value in *values {
                    let value = usize::from(u16::from_le_bytes(*value));
                    words[value / 64] |= 1 << (value % 64);
                }
            }
            Container::Bitmap(bytes) => match self.prefix {
                Some(0) => self.load(bytes),
                _ => kernel::or_bytes(self.words_mut(), bytes),
            },
            Container::Runs(runs) => {
                let words = self.words_mut();
                for run in *runs {
                    let (start, end) = run_bounds(*run);
                    set_range(words, start, end);
                }
            }
        }
    }

    /// `self ∖ other`.
    pub fn and_not_container(&mut self, other: &Container<'_>) {
        match other {
            _ if self.prefix == Some(0) => {}
            Container::Prefix(len) => self.remove_range(0, *len),
            Container::Array(values) => {
                let words = self.words_mut();
                for value in *values {
                    let value = usize::from(u16::from_le_bytes(*value));
                    words[value / 64] &= !(1 << (value % 64));
                }
            }
            Container::Bitmap(bytes) => kernel::and_not_bytes(self.words_mut(), bytes),
            Container::Runs(runs) => {
                let words = self.words_mut();
                for run in *runs {
                    let (start, end) = run_bounds(*run);
                    clear_range(words, start, end);
                }
            }
        }
    }

    /// Makes it a copy of a stored bitmap.
    fn load(&mut self, bytes: &[u8; BITMAP_BYTES]) {
        self.prefix = None;
        for (word, stored) in self.words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*stored);
        }
    }

    /// Makes it a copy of a stored set.
    pub fn assign_container(&mut self, other: &Container<'_>) {
        self.clear();
        self.or_container(other);
    }
}

/// Keeps only the listed positions, one pass over list and words together.
fn keep_listed(words: &mut Words, values: &[[u8; 2]]) {
    let (mut current, mut mask) = (0_usize, 0_u64);
    for value in values {
        let value = usize::from(u16::from_le_bytes(*value));
        if value / 64 > current {
            words[current] &= mask;
            words[current + 1..value / 64].fill(0);
            (current, mask) = (value / 64, 0);
        }
        mask |= 1 << (value % 64);
    }
    words[current] &= mask;
    words[current + 1..].fill(0);
}
