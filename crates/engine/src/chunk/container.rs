//! The stored form of a set within a chunk, read in place: the payload of one Roaring container.
//!
//! Payloads are those of the portable Roaring format: sorted u16 array, 1,024 u64 words, or runs.
//! Owns their checking; must not own where they lie in a file.

use super::{ContainerForm, apply};
use crate::kernel::BITMAP_BYTES;

/// A stored set of positions of one chunk.
#[derive(Debug, Clone, Copy)]
pub enum Container<'a> {
    /// The positions below this number.
    Prefix(u32),
    /// Sorted positions, u16 little-endian.
    Array(&'a [[u8; 2]]),
    /// 1,024 words, u64 little-endian.
    Bitmap(&'a [u8; BITMAP_BYTES]),
    /// Sorted runs: first position, length − 1; both u16 little-endian.
    Runs(&'a [[u8; 4]]),
}

/// A payload breaks the rules of its form; the text says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);

impl<'a> Container<'a> {
    /// The empty set.
    pub const EMPTY: Self = Self::Prefix(0);

    /// Reads a payload whose form is known, checking its length only. `len` is the number of
    /// ordinals in the chunk.
    ///
    /// # Errors
    /// [`Malformed`] where the payload cannot have this form.
    pub fn view(form: ContainerForm, payload: &'a [u8], len: u32) -> Result<Self, Malformed> {
        match form {
            ContainerForm::Empty if payload.is_empty() => Ok(Self::EMPTY),
            ContainerForm::Full if payload.is_empty() => Ok(Self::Prefix(len)),
            ContainerForm::Array => match payload.as_chunks::<2>() {
                (values, []) => Ok(Self::Array(values)),
                _ => Err(Malformed("array of odd length")),
            },
            ContainerForm::Bitmap => payload
                .try_into()
                .map(Self::Bitmap)
                .map_err(|_| Malformed("bitmap of wrong length")),
            ContainerForm::Runs => {
                let (count, runs) = payload
                    .split_first_chunk::<2>()
                    .ok_or(Malformed("runs without a count"))?;
                match runs.as_chunks::<4>() {
                    (runs, []) if runs.len() == usize::from(u16::from_le_bytes(*count)) => {
                        Ok(Self::Runs(runs))
                    }
                    _ => Err(Malformed("runs do not match their count")),
                }
            }
            _ => Err(Malformed("payload where there should be none")),
        }
    }

    /// Checks everything else: order, bounds (`< len`), and that it holds `count` positions.
    ///
    /// # Errors
    /// [`Malformed`] naming the rule that is broken.
    pub fn check(&self, len: u32, count: u32) -> Result<(), Malformed> {
        let mut total = 0_u32;
        let mut next = 0_u32;
        let mut ordered = true;
        self.for_each_run(|start, end| {
            ordered &= start >= next && end > start;
            next = end.max(next);
            total = total.saturating_add(end.saturating_sub(start));
        });
        match () {
            () if !ordered => Err(Malformed("positions out of order")),
            () if next > len => Err(Malformed("position beyond the chunk")),
            () if total != count => Err(Malformed("wrong number of positions")),
            () => Ok(()),
        }
    }

    /// Calls `visit(start, end)` for stretches that together are the set (an array's or bitmap's
    /// stretches are not joined).
    fn for_each_run(&self, mut visit: impl FnMut(u32, u32)) {
        match self {
            Self::Prefix(0) => {}
            Self::Prefix(len) => visit(0, *len),
            Self::Array(values) => {
                for value in *values {
                    let value = u32::from(u16::from_le_bytes(*value));
                    visit(value, value + 1);
                }
            }
            Self::Bitmap(bytes) => {
                for (index, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
                    apply::runs_of_word(u64::from_le_bytes(*word), index as u32 * 64, &mut visit);
                }
            }
            Self::Runs(runs) => {
                for run in *runs {
                    let (start, end) = apply::run_bounds(*run);
                    visit(start, end);
                }
            }
        }
    }

    /// Whether the position is in it.
    pub fn contains(&self, position: u16) -> bool {
        match self {
            Self::Prefix(len) => u32::from(position) < *len,
            Self::Array(_) => self.rank(position).is_some(),
            Self::Bitmap(bytes) => bytes[usize::from(position) / 8] >> (position % 8) & 1 == 1,
            Self::Runs(runs) => {
                let after = runs.partition_point(|run| {
                    apply::run_bounds(*run).0 <= u32::from(position) // runs starting up to here
                });
                after > 0 && u32::from(position) < apply::run_bounds(runs[after - 1]).1
            }
        }
    }

    /// Place of a position in an array; `None` if it is not there, or this is no array.
    pub(crate) fn rank(&self, position: u16) -> Option<usize> {
        match self {
            Self::Array(values) => values
                .binary_search_by_key(&position, |value| u16::from_le_bytes(*value))
                .ok(),
            _ => None,
        }
    }
}
