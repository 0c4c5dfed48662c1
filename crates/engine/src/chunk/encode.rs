//! Writes a set as the smallest container.

use super::{ChunkSet, apply::runs_of_word};
use crate::kernel::BITMAP_BYTES;

/// How a stored set is laid out; the number is what formats carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ContainerForm {
    /// Nothing; no payload.
    Empty = 0,
    /// Every ordinal of the chunk; no payload.
    Full = 1,
    /// u16 positions, ascending.
    Array = 2,
    /// 1,024 u64 words.
    Bitmap = 3,
    /// u16 count, then (u16 start, u16 length − 1) ascending.
    Runs = 4,
}

impl ContainerForm {
    /// The form of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Empty,
            1 => Self::Full,
            2 => Self::Array,
            3 => Self::Bitmap,
            4 => Self::Runs,
            _ => return None,
        })
    }
}

/// Appends the payload of `set`, in a chunk of `len` ordinals, and says its form: the smallest,
/// arrays before runs before bitmaps where equal, which is also Roaring's canonical choice.
pub fn encode_words(set: &ChunkSet, len: u32, out: &mut Vec<u8>) -> ContainerForm {
    let count = set.count();
    if count == 0 {
        return ContainerForm::Empty;
    }
    if count == len {
        return ContainerForm::Full;
    }
    let runs = runs(set);
    let (array_bytes, run_bytes) = (count as usize * 2, 2 + runs.len() * 4);
    if array_bytes <= run_bytes.min(BITMAP_BYTES) {
        for position in set.iter() {
            out.extend_from_slice(&position.to_le_bytes());
        }
        return ContainerForm::Array;
    }
    if run_bytes < BITMAP_BYTES {
        out.extend_from_slice(&(runs.len() as u16).to_le_bytes());
        for (start, end) in runs {
            out.extend_from_slice(&(start as u16).to_le_bytes());
            out.extend_from_slice(&((end - start - 1) as u16).to_le_bytes());
        }
        return ContainerForm::Runs;
    }
    for word in set.word_values() {
        out.extend_from_slice(&word.to_le_bytes());
    }
    ContainerForm::Bitmap
}

/// The set's stretches of consecutive positions, joined across words.
fn runs(set: &ChunkSet) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (index, word) in set.word_values().enumerate() {
        runs_of_word(
            word,
            index as u32 * 64,
            &mut |start, end| match runs.last_mut() {
                Some(last) if last.1 == start => last.1 = end,
                _ => runs.push((start, end)),
            },
        );
    }
    runs
}
