//! A checksum at the end of bytes.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0 … n − 4 | content |
//! | last 4 | crc32c of the content, little endian |

use super::{Error, Result};

/// Bytes of the checksum.
const CHECKSUM_BYTES: usize = 4;

/// Appends the checksum.
pub(crate) fn seal(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = crc32c::crc32c(&content);
    content.extend_from_slice(&checksum.to_le_bytes());
    content
}

/// Verifies and removes the checksum.
///
/// # Errors
/// Damaged if it does not fit.
pub(crate) fn unseal(sealed: &[u8]) -> Result<&[u8]> {
    let Some((content, checksum)) = sealed.split_last_chunk::<CHECKSUM_BYTES>() else {
        return Err(Error::damaged(format!(
            "{} bytes hold no checksum",
            sealed.len()
        )));
    };
    let found = crc32c::crc32c(content);
    let expected = u32::from_le_bytes(*checksum);
    if found != expected {
        return Err(Error::damaged(format!(
            "checksum is {found:#010x} instead of {expected:#010x}"
        )));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_found() {
        let sealed = seal(b"content".to_vec());
        assert_eq!(unseal(&sealed).expect("whole"), b"content");
        for bit in 0..sealed.len() * 8 {
            let mut damaged = sealed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(unseal(&damaged).is_err(), "bit {bit}");
        }
        assert!(unseal(b"abc").is_err());
    }
}
