//! The frame around every stored object: header, sections, directory, footer.
//!
//! Owns the byte layout, its checksums and their verification. Must not interpret section bytes
//! and must not panic on any input. All integers are little-endian; checksums are CRC-32C.
//!
//! ```text
//! object   = header | { zeros | section } | zeros | directory | footer
//!
//! header (64 bytes)
//!   0   8  magic "TAGMAOB1"
//!   8   2  format version, 1
//!  10   2  kind, see ObjectKind
//!  12   4  alignment of sections in bytes, 8 or 4096
//!  16  16  nonce of the writer
//!  32  28  zeros
//!  60   4  checksum of bytes 0..60
//!
//! directory (28 bytes a section, in the order of the sections in the object)
//!   0   8  section id, unique in the object
//!   8   8  offset of the section from the start of the object
//!  16   8  length of the section in bytes
//!  24   4  checksum of the section
//!
//! footer (48 bytes, the last of the object)
//!   0   8  offset of the directory
//!   8   8  length of the directory in bytes
//!  16   8  length of the object in bytes
//!  24   4  checksum of the directory
//!  28   4  checksum of the 64 header bytes
//!  32   4  zeros
//!  36   4  checksum of bytes 0..36
//!  40   8  magic "TAGMAOB1"
//! ```
//!
//! A section starts at the first multiple of the alignment at or after the end of the one before
//! it (of the header, for the first); the directory starts at the first multiple of 8 after the
//! last. Nothing else is accepted, so an object has exactly one encoding. Every byte is covered:
//! header, directory and footer by their checksums, sections by theirs when they are read, and
//! the zeros between them by being compared when the object is parsed.

mod builder;
mod footer;
mod header;
mod kind;
mod layout;
mod nonce;
mod reader;
mod section;

pub use builder::ObjectBuilder;
pub use header::HEADER_LENGTH;
pub(crate) use header::Header;
pub use kind::ObjectKind;
pub use nonce::Nonce;
pub use reader::ObjectReader;
pub use section::{SectionRef, verify_section};

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod tests;
