//! Checksums of a run: CRC-32C of each block of 64 KiB, 4 bytes little-endian each.

/// Bytes that one checksum covers; the last block may be shorter.
pub(super) const BLOCK_BYTES: u64 = 64 * 1024;

/// The checksums of `data`, one after the other.
pub(super) fn block_checks(data: &[u8]) -> Vec<u8> {
    let blocks = data.chunks(BLOCK_BYTES as usize);
    blocks
        .flat_map(|b| crc32c::crc32c(b).to_le_bytes())
        .collect()
}

/// The checksum of block `block` among `checks`; `None` where there are fewer.
pub(super) fn check_of(checks: &[u8], block: u64) -> Option<u32> {
    let at = usize::try_from(block).ok()?.checked_mul(4)?;
    let bytes = checks.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}
