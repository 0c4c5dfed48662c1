//! The portable forms: plain Rust that a compiler vectorises.
//!
//! The bodies are `inline(always)`, so that the AVX2 forms are the same code built with more
//! features. Must not use `unsafe`.

use super::{BITMAP_BYTES, ByteTable, PlaneTable, Words, planes};

/// `into[i] = op(into[i], from(i))` for every word.
#[inline(always)]
fn zip_words(into: &mut Words, from: &Words, op: impl Fn(u64, u64) -> u64) {
    for (word, other) in into.iter_mut().zip(from) {
        *word = op(*word, *other);
    }
}

#[inline(always)]
fn zip_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES], op: impl Fn(u64, u64) -> u64) {
    let (words, _) = from.as_chunks::<8>();
    for (word, other) in into.iter_mut().zip(words) {
        *word = op(*word, u64::from_le_bytes(*other));
    }
}

#[inline(always)]
pub(super) fn and_words(into: &mut Words, from: &Words) {
    zip_words(into, from, |a, b| a & b);
}

#[inline(always)]
pub(super) fn or_words(into: &mut Words, from: &Words) {
    zip_words(into, from, |a, b| a | b);
}

#[inline(always)]
pub(super) fn and_not_words(into: &mut Words, from: &Words) {
    zip_words(into, from, |a, b| a & !b);
}

#[inline(always)]
pub(super) fn and_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]) {
    zip_bytes(into, from, |a, b| a & b);
}

#[inline(always)]
pub(super) fn or_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]) {
    zip_bytes(into, from, |a, b| a | b);
}

#[inline(always)]
pub(super) fn and_not_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]) {
    zip_bytes(into, from, |a, b| a & !b);
}

#[inline(always)]
pub(super) fn count_words(words: &Words) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

/// An unsigned code of `N` bytes.
pub(super) trait Code<const N: usize>: Copy {
    fn load(bytes: [u8; N]) -> Self;
    /// `self - low <= span` without sign: within `low..=low + span`.
    fn within(self, low: Self, span: Self) -> bool;
}

macro_rules! code {
    ($($ty:ty, $bytes:literal);*) => {$(
        impl Code<$bytes> for $ty {
            #[inline(always)]
            fn load(bytes: [u8; $bytes]) -> Self {
                Self::from_le_bytes(bytes)
            }

            #[inline(always)]
            fn within(self, low: Self, span: Self) -> bool {
                self.wrapping_sub(low) <= span
            }
        }
    )*};
}
code!(u8, 1; u16, 2; u32, 4; u64, 8);

/// 64 bytes of 0 or 1 as 64 bits.
#[inline(always)]
fn pack(flags: &[u8; 64]) -> u64 {
    let (eights, _) = flags.as_chunks::<8>();
    let mut word = 0;
    for (index, eight) in eights.iter().enumerate() {
        // The product moves byte i's low bit to bit 56 + i; no two terms meet.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= bits << (index * 8);
    }
    word
}

/// The word of at most 64 codes: bit `i` says whether code `i` is within `low..=low + span`.
#[inline(always)]
pub(super) fn range_word<T: Code<N>, const N: usize>(codes: &[u8], low: T, span: T) -> u64 {
    let mut flags = [0_u8; 64];
    let (codes, _) = codes.as_chunks::<N>();
    for (flag, code) in flags.iter_mut().zip(codes) {
        *flag = u8::from(T::load(*code).within(low, span));
    }
    pack(&flags)
}

#[inline(always)]
fn range<T: Code<N>, const N: usize>(codes: &[u8], low: T, span: T, out: &mut Words) {
    for (block, word) in codes.chunks(64 * N).zip(out.iter_mut()) {
        *word |= range_word::<T, N>(block, low, span);
    }
}

#[inline(always)]
pub(super) fn range_8(codes: &[u8], low: u8, high: u8, out: &mut Words) {
    range::<u8, 1>(codes, low, high - low, out);
}

#[inline(always)]
pub(super) fn range_16(codes: &[u8], low: u16, high: u16, out: &mut Words) {
    range::<u16, 2>(codes, low, high - low, out);
}

#[inline(always)]
pub(super) fn range_24(codes: &[u8], low: u32, high: u32, out: &mut Words) {
    for (block, word) in codes.chunks(64 * 3).zip(out.iter_mut()) {
        *word |= range_word_24(block, low, high - low);
    }
}

/// As [`range_word`], of codes of three bytes.
#[inline(always)]
pub(super) fn range_word_24(codes: &[u8], low: u32, span: u32) -> u64 {
    let mut flags = [0_u8; 64];
    let (codes, _) = codes.as_chunks::<3>();
    for (flag, [a, b, c]) in flags.iter_mut().zip(codes) {
        *flag = u8::from(u32::from_le_bytes([*a, *b, *c, 0]).within(low, span));
    }
    pack(&flags)
}

#[inline(always)]
pub(super) fn range_32(codes: &[u8], low: u32, high: u32, out: &mut Words) {
    range::<u32, 4>(codes, low, high - low, out);
}

#[inline(always)]
pub(super) fn range_48(codes: &[u8], low: u64, high: u64, out: &mut Words) {
    for (block, word) in codes.chunks(64 * 6).zip(out.iter_mut()) {
        *word |= range_word_48(block, low, high - low);
    }
}

/// As [`range_word`], of codes of six bytes.
#[inline(always)]
pub(super) fn range_word_48(codes: &[u8], low: u64, span: u64) -> u64 {
    let mut flags = [0_u8; 64];
    let (codes, _) = codes.as_chunks::<6>();
    for (flag, [a, b, c, d, e, f]) in flags.iter_mut().zip(codes) {
        let code = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, 0, 0]);
        *flag = u8::from(code.within(low, span));
    }
    pack(&flags)
}

#[inline(always)]
pub(super) fn range_64(codes: &[u8], low: u64, high: u64, out: &mut Words) {
    range::<u64, 8>(codes, low, high - low, out);
}

#[inline(always)]
pub(super) fn members_8(codes: &[u8], table: &ByteTable, out: &mut Words) {
    for (block, word) in codes.chunks(64).zip(out.iter_mut()) {
        let mut flags = [0_u8; 64];
        for (flag, code) in flags.iter_mut().zip(block) {
            *flag = table[usize::from(*code)];
        }
        *word |= pack(&flags);
    }
}

#[inline(always)]
pub(super) fn members_1(bytes: &[u8], words: usize, table: &PlaneTable, out: &mut Words) {
    planes::members::<1>(bytes, words, table, out);
}

#[inline(always)]
pub(super) fn members_2(bytes: &[u8], words: usize, table: &PlaneTable, out: &mut Words) {
    planes::members::<2>(bytes, words, table, out);
}

#[inline(always)]
pub(super) fn members_4(bytes: &[u8], words: usize, table: &PlaneTable, out: &mut Words) {
    planes::members::<4>(bytes, words, table, out);
}
