//! Where an ordinal lies: its chunk, and its position there.

/// Ordinals in a chunk.
pub const CHUNK_ORDINALS: u32 = tagma_core::limits::CHUNK_ORDINALS;

/// 64-bit words in a chunk's bitmap.
pub(crate) const CHUNK_WORDS: usize = CHUNK_ORDINALS as usize / 64;

/// Number of chunks that `population` ordinals fill, the last one perhaps in part.
pub fn chunk_count(population: u32) -> u32 {
    population.div_ceil(CHUNK_ORDINALS)
}

/// Number of ordinals below `population` in `chunk`, 0 to 65,536.
pub fn chunk_len(population: u32, chunk: u32) -> u32 {
    let first = u64::from(chunk) * u64::from(CHUNK_ORDINALS);
    let rest = u64::from(population).saturating_sub(first);
    rest.min(u64::from(CHUNK_ORDINALS)) as u32
}

/// The chunk of an ordinal and its position there.
pub fn split(ordinal: u32) -> (u32, u16) {
    (ordinal >> 16, (ordinal & 0xffff) as u16)
}

/// The ordinal at a position of a chunk.
pub fn join(chunk: u32, position: u16) -> u32 {
    chunk << 16 | u32::from(position)
}
