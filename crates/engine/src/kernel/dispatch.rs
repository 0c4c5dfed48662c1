//! The kernels that the engine calls: the form for this CPU.
//!
//! Must not hold loops of its own, but for the one that takes a closure.

#[cfg(target_arch = "x86_64")]
use super::avx2;
use super::portable;
use crate::chunk::CHUNK_WORDS;

/// The bitmap of a chunk; bit `i % 64` of word `i / 64` is ordinal `i`.
pub(crate) type Words = [u64; CHUNK_WORDS];

/// Bytes of a bitmap as stored: words in little-endian order.
pub(crate) const BITMAP_BYTES: usize = CHUNK_WORDS * 8;

/// Which codes of one byte are members: byte `c` is 0 or 1.
pub(crate) type ByteTable = [u8; 256];

/// Truth table over codes of up to four bits: entry `c` is all ones where code `c` is a member.
pub(crate) type PlaneTable = [u64; 16];

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("popcnt")
        && std::arch::is_x86_feature_detected!("bmi1")
}

/// One public kernel: the AVX2 form where the CPU has it, else the portable one.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)?) => {
        $(#[$doc])*
        #[allow(unsafe_code, reason = "the call is behind the feature check")]
        pub(crate) fn $name($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            if has_avx2() {
                // SAFETY: the line above has found every feature that the callee is built with.
                return unsafe { avx2::$name($($arg),*) };
            }
            portable::$name($($arg),*)
        }
    };
}

kernel! {
    /// `into &= from`.
    and_words(into: &mut Words, from: &Words)
}
kernel! {
    /// `into |= from`.
    or_words(into: &mut Words, from: &Words)
}
kernel! {
    /// `into &= !from`.
    and_not_words(into: &mut Words, from: &Words)
}
kernel! {
    /// `into &= from`, from stored bytes.
    and_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES])
}
kernel! {
    /// `into |= from`, from stored bytes.
    or_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES])
}
kernel! {
    /// `into &= !from`, from stored bytes.
    and_not_bytes(into: &mut Words, from: &[u8; BITMAP_BYTES])
}
kernel! {
    /// Number of ones.
    count_words(words: &Words) -> u32
}
kernel! {
    /// Ors into `out` the positions whose 8-bit code is within `low..=high`.
    range_8(codes: &[u8], low: u8, high: u8, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 16-bit code is within `low..=high`.
    range_16(codes: &[u8], low: u16, high: u16, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 24-bit code is within `low..=high`.
    range_24(codes: &[u8], low: u32, high: u32, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 32-bit code is within `low..=high`.
    range_32(codes: &[u8], low: u32, high: u32, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 48-bit code is within `low..=high`.
    range_48(codes: &[u8], low: u64, high: u64, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 64-bit code is within `low..=high`.
    range_64(codes: &[u8], low: u64, high: u64, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose 8-bit code is a member.
    members_8(codes: &[u8], table: &ByteTable, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose code, stored as one bit plane, is a member.
    members_1(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose code, stored as two bit planes, is a member.
    members_2(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words)
}
kernel! {
    /// Ors into `out` the positions whose code, stored as four bit planes, is a member.
    members_4(planes: &[u8], words: usize, table: &PlaneTable, out: &mut Words)
}

/// Ors into `out` the positions for which `test` holds, 64 at a time.
pub(crate) fn positions_where(count: usize, out: &mut Words, mut test: impl FnMut(usize) -> bool) {
    for (index, word) in out.iter_mut().enumerate().take(count.div_ceil(64)) {
        let first = index * 64;
        let mut mask = 0_u64;
        for (bit, position) in (first..count.min(first + 64)).enumerate() {
            mask |= u64::from(test(position)) << bit;
        }
        *word |= mask;
    }
}
