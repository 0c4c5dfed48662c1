//! A reference to one section, which may be kept outside the object, and its verification.
//!
//! Owns the check that a range read from an object is the section that the reference means.

use std::ops::Range;

use bytes::Bytes;

use crate::error::{Error, Result};

/// Where a section lies in its object, and its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SectionRef {
    /// Offset from the start of the object in bytes.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// CRC-32C of the section.
    pub crc: u32,
}

impl SectionRef {
    /// The bytes of the object that the section occupies; empty if it would pass 2⁶⁴.
    pub fn range(&self) -> Range<u64> {
        self.offset..self.offset.saturating_add(self.length)
    }
}

/// Gives `bytes` back if they are the section that `section` refers to.
///
/// For readers that fetch one section by its range, with the reference from elsewhere. `object`
/// is the key, for the message.
///
/// # Errors
/// `Corrupt`, naming object and offset, if length or checksum differ.
pub fn verify_section(bytes: Bytes, section: &SectionRef, object: &str) -> Result<Bytes> {
    if bytes.len() as u64 != section.length {
        let SectionRef { offset, length, .. } = section;
        let what = format!(
            "section at offset {offset} has {} of its {length} bytes",
            bytes.len()
        );
        return Err(Error::corrupt(object, what));
    }
    let found = crc32c::crc32c(&bytes);
    if found != section.crc {
        let SectionRef {
            offset,
            length,
            crc,
        } = section;
        let what = format!(
            "section at offset {offset} of {length} bytes fails its checksum \
             ({found:08x}, should be {crc:08x})"
        );
        return Err(Error::corrupt(object, what));
    }
    Ok(bytes)
}
