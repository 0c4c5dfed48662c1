//! The innermost loops: over 1,024 words of a chunk's bitmap, and over its codes.
//!
//! Owns every `unsafe` block of the engine. Each kernel has a portable form, which is always built
//! and tested, and on x86-64 a form for AVX2, chosen at run time: builds target the baseline, where
//! counting bits alone is three times slower. Must not know sections, values or errors.

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads")]
mod avx2;
mod dispatch;
mod planes;
mod portable;
#[cfg(test)]
mod tests;

pub(crate) use dispatch::{
    BITMAP_BYTES, ByteTable, PlaneTable, Words, and_bytes, and_not_bytes, and_not_words, and_words,
    count_words, members_1, members_2, members_4, members_8, or_bytes, or_words, positions_where,
    range_8, range_16, range_24, range_32, range_48, range_64,
};
