//! The last 48 bytes of an object: where its directory is, and that nothing is missing.
//!
//! Owns their encoding, and that directory, footer and object length agree.

use super::header::HEADER_LENGTH;
use super::layout::{ENTRY_LENGTH, MAGIC, array};
use crate::error::{Error, Result};

/// Bytes of the footer.
pub(super) const FOOTER_LENGTH: usize = 48;

const CHECKED: usize = 36;

/// Decoded footer of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    /// Offset of the directory from the start of the object.
    pub(super) directory_offset: u64,
    /// Length of the directory in bytes.
    pub(super) directory_length: u64,
    /// Length of the whole object in bytes.
    pub(super) object_length: u64,
    /// Checksum of the directory.
    pub(super) directory_crc: u32,
    /// Checksum of the header.
    pub(super) header_crc: u32,
}

impl Footer {
    /// As bytes, checksum included.
    pub(super) fn encode(&self) -> [u8; FOOTER_LENGTH] {
        let mut out = [0; FOOTER_LENGTH];
        out[0..8].copy_from_slice(&self.directory_offset.to_le_bytes());
        out[8..16].copy_from_slice(&self.directory_length.to_le_bytes());
        out[16..24].copy_from_slice(&self.object_length.to_le_bytes());
        out[24..28].copy_from_slice(&self.directory_crc.to_le_bytes());
        out[28..32].copy_from_slice(&self.header_crc.to_le_bytes());
        let crc = crc32c::crc32c(&out[..CHECKED]);
        out[CHECKED..40].copy_from_slice(&crc.to_le_bytes());
        out[40..48].copy_from_slice(&MAGIC);
        out
    }

    /// Reads and verifies the footer at the end of the whole object `bytes`.
    ///
    /// # Errors
    /// `Corrupt` if the object is cut, extended or damaged there.
    pub(super) fn decode(bytes: &[u8], object: &str) -> Result<Self> {
        let at = bytes.len().saturating_sub(FOOTER_LENGTH);
        let tail = &bytes[at..];
        if at < HEADER_LENGTH {
            let what = format!("{} bytes are less than header and footer", bytes.len());
            return Err(Error::corrupt(object, what));
        }
        let damaged = |how: &str| Error::corrupt(object, format!("footer at offset {at} {how}"));
        if array(tail, 40) != MAGIC {
            return Err(damaged(
                "has a wrong magic, so the object is cut or overwritten",
            ));
        }
        if crc32c::crc32c(&tail[..CHECKED]) != u32::from_le_bytes(array(tail, CHECKED)) {
            return Err(damaged("fails its checksum"));
        }
        let footer = Self {
            directory_offset: u64::from_le_bytes(array(tail, 0)),
            directory_length: u64::from_le_bytes(array(tail, 8)),
            object_length: u64::from_le_bytes(array(tail, 16)),
            directory_crc: u32::from_le_bytes(array(tail, 24)),
            header_crc: u32::from_le_bytes(array(tail, 28)),
        };
        if !footer.fits(bytes.len()) || footer.encode() != *tail {
            return Err(damaged("does not fit the object"));
        }
        Ok(footer)
    }

    /// Whether the directory lies between header and footer of an object of this length.
    fn fits(&self, length: usize) -> bool {
        self.object_length == length as u64
            && self.directory_offset >= HEADER_LENGTH as u64
            && self.directory_length.is_multiple_of(ENTRY_LENGTH as u64)
            && self.directory_offset.checked_add(self.directory_length)
                == Some((length - FOOTER_LENGTH) as u64)
    }
}
