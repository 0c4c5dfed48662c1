//! Numbers of the frame that header, builder and reader share, and bounded little-endian reads.
//!
//! Owns alignment arithmetic. Must not panic: every read is checked by its array length.

use super::section::SectionRef;

/// First and last eight bytes of every object.
pub(super) const MAGIC: [u8; 8] = *b"TAGMAOB1";

/// The format version that this build writes and reads.
pub(super) const VERSION: u16 = 1;

/// Bytes of one directory entry.
pub(super) const ENTRY_LENGTH: usize = 28;

/// Alignment of the directory, and of sections unless they are page aligned.
pub(super) const WORD: u32 = 8;

/// Alignment of sections in objects that are meant for mapping or direct reads.
pub(super) const PAGE: u32 = 4096;

/// The first multiple of `alignment` at or after `offset`, unless it exceeds 64 bits.
pub(super) fn align_up(offset: u64, alignment: u32) -> Option<u64> {
    offset.checked_next_multiple_of(u64::from(alignment))
}

/// The `N` bytes of `bytes` from `at`.
///
/// Offsets are constants within arrays of constant length, so this never leaves the array.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    if let Some(slice) = bytes.get(at..at + N) {
        out.copy_from_slice(slice);
    }
    out
}

/// One entry of the directory as bytes.
pub(super) fn encode_entry(id: u64, section: &SectionRef) -> [u8; ENTRY_LENGTH] {
    let mut out = [0; ENTRY_LENGTH];
    out[0..8].copy_from_slice(&id.to_le_bytes());
    out[8..16].copy_from_slice(&section.offset.to_le_bytes());
    out[16..24].copy_from_slice(&section.length.to_le_bytes());
    out[24..28].copy_from_slice(&section.crc.to_le_bytes());
    out
}

/// Reads what [`encode_entry`] wrote.
pub(super) fn decode_entry(bytes: &[u8]) -> (u64, SectionRef) {
    let section = SectionRef {
        offset: u64::from_le_bytes(array(bytes, 8)),
        length: u64::from_le_bytes(array(bytes, 16)),
        crc: u32::from_le_bytes(array(bytes, 24)),
    };
    (u64::from_le_bytes(array(bytes, 0)), section)
}
