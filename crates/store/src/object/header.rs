//! The first 64 bytes of an object: what it is and whose it is.
//!
//! Owns their encoding. They are readable alone: a create that was answered "exists" reads back
//! just these to learn whose object it is.

use super::kind::ObjectKind;
use super::layout::{MAGIC, PAGE, VERSION, WORD, array};
use super::nonce::Nonce;
use crate::error::{Error, Result};

/// Bytes of the header.
pub const HEADER_LENGTH: usize = 64;

const CHECKED: usize = HEADER_LENGTH - 4;

/// Decoded header of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// Kind as numbered in the object; may be one that this build does not know.
    pub(crate) kind: u16,
    /// Alignment of sections in bytes.
    pub(crate) alignment: u32,
    /// The writer's nonce.
    pub(crate) nonce: Nonce,
}

impl Header {
    /// The header of a new object.
    pub(super) fn new(kind: ObjectKind, alignment: u32, nonce: Nonce) -> Self {
        Self {
            kind: kind.number(),
            alignment,
            nonce,
        }
    }

    /// As bytes, checksum included.
    pub(super) fn encode(&self) -> [u8; HEADER_LENGTH] {
        let mut out = [0; HEADER_LENGTH];
        out[0..8].copy_from_slice(&MAGIC);
        out[8..10].copy_from_slice(&VERSION.to_le_bytes());
        out[10..12].copy_from_slice(&self.kind.to_le_bytes());
        out[12..16].copy_from_slice(&self.alignment.to_le_bytes());
        out[16..32].copy_from_slice(&self.nonce.0);
        let crc = crc32c::crc32c(&out[..CHECKED]);
        out[CHECKED..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads and verifies the header at the start of `bytes`, which may be longer.
    ///
    /// # Errors
    /// `Corrupt` if it is short or damaged, `Version` if it is intact but of another format.
    pub(crate) fn decode(bytes: &[u8], object: &str) -> Result<Self> {
        let Some(bytes) = bytes.get(..HEADER_LENGTH) else {
            let what = format!("{} bytes are less than a header", bytes.len());
            return Err(Error::corrupt(object, what));
        };
        if array(bytes, 0) != MAGIC {
            return Err(Error::corrupt(
                object,
                "header at offset 0 has a wrong magic",
            ));
        }
        if crc32c::crc32c(&bytes[..CHECKED]) != u32::from_le_bytes(array(bytes, CHECKED)) {
            return Err(Error::corrupt(
                object,
                "header at offset 0 fails its checksum",
            ));
        }
        let found = u16::from_le_bytes(array(bytes, 8));
        if found != VERSION {
            return Err(Error::Version {
                object: object.to_owned(),
                found,
                supported: VERSION,
            });
        }
        let header = Self {
            kind: u16::from_le_bytes(array(bytes, 10)),
            alignment: u32::from_le_bytes(array(bytes, 12)),
            nonce: Nonce(array(bytes, 16)),
        };
        if !matches!(header.alignment, WORD | PAGE) || header.encode() != *bytes {
            return Err(Error::corrupt(
                object,
                "header at offset 0 has fields out of range",
            ));
        }
        Ok(header)
    }
}
