//! The forms for CPUs with AVX2: word loops are the portable bodies built with more features; the
//! compare loops are written out, since no compiler finds `movemask` by itself.
//!
//! Every function here may only be called where AVX2, POPCNT and BMI1 are present.

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_blendv_epi8, _mm256_castsi256_pd,
    _mm256_castsi256_ps, _mm256_cmpeq_epi8, _mm256_cmpeq_epi16, _mm256_cmpeq_epi32,
    _mm256_cmpgt_epi64, _mm256_loadu_si256, _mm256_min_epu8, _mm256_min_epu16, _mm256_min_epu32,
    _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_movemask_ps, _mm256_or_si256,
    _mm256_packs_epi16, _mm256_permute4x64_epi64, _mm256_set_m128i, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_shuffle_epi8,
    _mm256_srli_epi16, _mm256_sub_epi8, _mm256_sub_epi16, _mm256_sub_epi32, _mm256_sub_epi64,
    _mm256_xor_si256,
};

use super::{BITMAP_BYTES, ByteTable, PlaneTable, Words, portable};

/// Builds a portable body with the features of this file.
macro_rules! rebuilt {
    ($($name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?;)*) => {$(
        #[target_feature(enable = "avx2,popcnt,bmi1")]
        pub(super) fn $name($($arg: $ty),*) $(-> $ret)? {
            portable::$name($($arg),*)
        }
    )*};
}
rebuilt! {
    and_words(into: &mut Words, from: &Words);
    or_words(into: &mut Words, from: &Words);
    and_not_words(into: &mut Words, from: &Words);
    and_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]);
    or_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]);
    and_not_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES]);
    count_words(words: &Words) -> u32;
    members_1(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words);
    members_2(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words);
    members_4(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words);
}

/// The `index`-th 32 bytes of a block.
#[inline]
#[target_feature(enable = "avx2")]
fn load<const N: usize>(block: &[u8; N], index: usize) -> __m256i {
    let bytes = &block[index * 32..][..32];
    // SAFETY: `bytes` is 32 readable bytes, and `loadu` asks for no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn low_bits_8(mask: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(mask).cast_unsigned())
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_8(codes: &[u8], low: u8, high: u8, out: &mut Words) {
    let floor = _mm256_set1_epi8(low.cast_signed());
    let span = _mm256_set1_epi8((high - low).cast_signed());
    let (blocks, rest) = codes.as_chunks::<64>();
    for (block, word) in blocks.iter().zip(out.iter_mut()) {
        for half in 0..2 {
            let distance = _mm256_sub_epi8(load(block, half), floor);
            let hit = _mm256_cmpeq_epi8(_mm256_min_epu8(distance, span), distance);
            *word |= low_bits_8(hit) << (half * 32);
        }
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        *word |= portable::range_word::<u8, 1>(rest, low, high - low);
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_16(codes: &[u8], low: u16, high: u16, out: &mut Words) {
    let floor = _mm256_set1_epi16(low.cast_signed());
    let span = _mm256_set1_epi16((high - low).cast_signed());
    let within = |codes| {
        let distance = _mm256_sub_epi16(codes, floor);
        _mm256_cmpeq_epi16(_mm256_min_epu16(distance, span), distance)
    };
    let (blocks, rest) = codes.as_chunks::<128>();
    for (block, word) in blocks.iter().zip(out.iter_mut()) {
        for half in 0..2 {
            let first = within(load(block, half * 2));
            let second = within(load(block, half * 2 + 1));
            // Packing works within 128-bit lanes: the permutation puts the quarters in order.
            let packed = _mm256_permute4x64_epi64::<0xd8>(_mm256_packs_epi16(first, second));
            *word |= low_bits_8(packed) << (half * 32);
        }
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        *word |= portable::range_word::<u16, 2>(rest, low, high - low);
    }
}

/// 24 bytes from `at` on as two lanes of 12, each spread by `order`; 28 bytes must be there.
#[inline]
#[target_feature(enable = "avx2")]
fn load_spread(bytes: &[u8], at: usize, order: __m256i) -> __m256i {
    let (lower, upper) = (&bytes[at..][..16], &bytes[at + 12..][..16]);
    // SAFETY: both are 16 readable bytes, and `loadu` asks for no alignment.
    let lanes = unsafe {
        _mm256_set_m128i(
            _mm_loadu_si128(upper.as_ptr().cast()),
            _mm_loadu_si128(lower.as_ptr().cast()),
        )
    };
    _mm256_shuffle_epi8(lanes, order)
}

/// Where the bytes of codes of `N` bytes go that become `M` wide, in a lane of 16; the others
/// become 0.
#[inline]
#[target_feature(enable = "avx2")]
fn spread_order<const N: usize, const M: usize>() -> __m256i {
    let mut order = [0x80_u8; 32];
    for code in 0..16 / M {
        for byte in 0..N {
            order[code * M + byte] = (code * N + byte) as u8;
            order[16 + code * M + byte] = (code * N + byte) as u8;
        }
    }
    load(&order, 0)
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_24(codes: &[u8], low: u32, high: u32, out: &mut Words) {
    let floor = _mm256_set1_epi32(low.cast_signed());
    let span = _mm256_set1_epi32((high - low).cast_signed());
    let order = spread_order::<3, 4>();
    for (index, word) in out.iter_mut().enumerate().take(codes.len().div_ceil(192)) {
        let block = &codes[index * 192..];
        if block.len() < 192 + 4 {
            let block = &block[..block.len().min(192)];
            *word |= portable::range_word_24(block, low, high - low);
            continue;
        }
        for part in 0..8 {
            let distance = _mm256_sub_epi32(load_spread(block, part * 24, order), floor);
            let hit = _mm256_cmpeq_epi32(_mm256_min_epu32(distance, span), distance);
            let bits = _mm256_movemask_ps(_mm256_castsi256_ps(hit)).cast_unsigned();
            *word |= u64::from(bits) << (part * 8);
        }
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_48(codes: &[u8], low: u64, high: u64, out: &mut Words) {
    // Codes of 48 bits have no sign, so comparing with sign is right.
    let (floor, ceiling) = (low.cast_signed(), high.cast_signed());
    let (floor, ceiling) = (_mm256_set1_epi64x(floor), _mm256_set1_epi64x(ceiling));
    let order = spread_order::<6, 8>();
    for (index, word) in out.iter_mut().enumerate().take(codes.len().div_ceil(384)) {
        let block = &codes[index * 384..];
        if block.len() < 384 + 4 {
            let block = &block[..block.len().min(384)];
            *word |= portable::range_word_48(block, low, high - low);
            continue;
        }
        for part in 0..16 {
            let codes = load_spread(block, part * 24, order);
            let below = _mm256_cmpgt_epi64(floor, codes);
            let above = _mm256_cmpgt_epi64(codes, ceiling);
            let miss = _mm256_castsi256_pd(_mm256_or_si256(below, above));
            let bits = !_mm256_movemask_pd(miss).cast_unsigned() & 0xf;
            *word |= u64::from(bits) << (part * 4);
        }
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_32(codes: &[u8], low: u32, high: u32, out: &mut Words) {
    let floor = _mm256_set1_epi32(low.cast_signed());
    let span = _mm256_set1_epi32((high - low).cast_signed());
    let (blocks, rest) = codes.as_chunks::<256>();
    for (block, word) in blocks.iter().zip(out.iter_mut()) {
        for part in 0..8 {
            let distance = _mm256_sub_epi32(load(block, part), floor);
            let hit = _mm256_cmpeq_epi32(_mm256_min_epu32(distance, span), distance);
            let bits = _mm256_movemask_ps(_mm256_castsi256_ps(hit)).cast_unsigned();
            *word |= u64::from(bits) << (part * 8);
        }
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        *word |= portable::range_word::<u32, 4>(rest, low, high - low);
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn range_64(codes: &[u8], low: u64, high: u64, out: &mut Words) {
    // AVX2 compares 64 bits with sign only: flipping the top bit of both sides makes that right.
    let flip = _mm256_set1_epi64x(i64::MIN);
    let floor = _mm256_set1_epi64x(low.cast_signed());
    let span = _mm256_xor_si256(_mm256_set1_epi64x((high - low).cast_signed()), flip);
    let (blocks, rest) = codes.as_chunks::<512>();
    for (block, word) in blocks.iter().zip(out.iter_mut()) {
        for part in 0..16 {
            let distance = _mm256_xor_si256(_mm256_sub_epi64(load(block, part), floor), flip);
            let miss = _mm256_castsi256_pd(_mm256_cmpgt_epi64(distance, span));
            let bits = !_mm256_movemask_pd(miss).cast_unsigned() & 0xf;
            *word |= u64::from(bits) << (part * 4);
        }
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        *word |= portable::range_word::<u64, 8>(rest, low, high - low);
    }
}

/// The table as two rows of 16: bit `h` of `rows[0][l]` is code `h << 4 | l`, of `rows[1][l]` is
/// code `(h + 8) << 4 | l`; each row twice, once for each 128-bit lane.
fn nibble_rows(table: &ByteTable) -> [[u8; 32]; 2] {
    let mut rows = [[0_u8; 32]; 2];
    for (code, member) in table.iter().enumerate() {
        let (high, low) = (code >> 4, code & 15);
        let bit = member << (high & 7);
        rows[high >> 3][low] |= bit;
        rows[high >> 3][low + 16] |= bit;
    }
    rows
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn members_8(codes: &[u8], table: &ByteTable, out: &mut Words) {
    let rows = nibble_rows(table);
    let (lower, upper) = (load(&rows[0], 0), load(&rows[1], 0));
    let mut powers = [0_u8; 32];
    for (index, power) in powers.iter_mut().enumerate() {
        *power = 1 << (index & 7);
    }
    let powers = load(&powers, 0);
    let nibble = _mm256_set1_epi8(15);
    let (blocks, rest) = codes.as_chunks::<64>();
    for (block, word) in blocks.iter().zip(out.iter_mut()) {
        for half in 0..2 {
            let codes = load(block, half);
            let low = _mm256_and_si256(codes, nibble);
            let high = _mm256_and_si256(_mm256_srli_epi16::<4>(codes), nibble);
            // The top bit of a code says which row it is looked up in.
            let row = _mm256_blendv_epi8(
                _mm256_shuffle_epi8(lower, low),
                _mm256_shuffle_epi8(upper, low),
                codes,
            );
            let bit = _mm256_shuffle_epi8(powers, high);
            let hit = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), bit);
            *word |= low_bits_8(hit) << (half * 32);
        }
    }
    if let Some(word) = out.get_mut(blocks.len()) {
        for (bit, code) in rest.iter().enumerate() {
            *word |= u64::from(table[usize::from(*code)]) << bit;
        }
    }
}
