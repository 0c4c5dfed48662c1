//! The checksum that is stored inside map files: CRC-32C, masked.
//!
//! A checksum over bytes that end in their own plain CRC says nothing about them (the remainder
//! is a constant), and the list of files has such a checksum. So what is stored is rotated and
//! shifted, as LevelDB's log format does for the same reason.

const MASK: u32 = 0xa282_ead8;

/// Masked CRC-32C of `bytes`.
pub(super) fn masked_crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crc_over_bytes_and_their_checksum_still_depends_on_the_bytes() {
        let whole = |bytes: &[u8], checksum: u32| {
            crc32c::crc32c(&[bytes, &checksum.to_le_bytes()].concat())
        };
        let (a, b) = (b"one checkpoint", b"another, other");
        assert_eq!(whole(a, crc32c::crc32c(a)), whole(b, crc32c::crc32c(b)));
        assert_ne!(whole(a, masked_crc32c(a)), whole(b, masked_crc32c(b)));
    }
}
