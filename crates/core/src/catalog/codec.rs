//! Bytes of entries, outcomes and catalogs: a format byte, then MessagePack with named fields.
//!
//! | byte | meaning |
//! | --- | --- |
//! | 0 | format, 1 |
//! | 1… | MessagePack map |

use serde::{Serialize, de::DeserializeOwned};

use super::{Catalog, Entry};
use crate::error::ErrorKind;

const FORMAT: u8 = 1;

/// Bytes that are no value of the expected type.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Written by a newer version.
    #[error("format {found} is newer than {FORMAT}: upgrade this node")]
    Format {
        /// The byte found.
        found: u8,
    },
    /// Not what was written.
    #[error("bytes are not a {what}")]
    Damaged {
        /// The type expected.
        what: &'static str,
        /// The decoder's word.
        #[source]
        source: rmp_serde::decode::Error,
    },
    /// No bytes at all.
    #[error("no bytes where a {what} was expected")]
    Empty {
        /// The type expected.
        what: &'static str,
    },
}

impl Error {
    /// Incompatible for a newer format, else Corrupt.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Format { .. } => ErrorKind::Incompatible,
            Self::Damaged { .. } | Self::Empty { .. } => ErrorKind::Corrupt,
        }
    }
}

/// Encodes any persisted or replicated value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    rmp_serde::encode::write_named(&mut bytes, value)
        .expect("writing plain data to memory cannot fail");
    bytes
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// Incompatible for a newer format, Corrupt for anything else.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, Error> {
    let (format, rest) = bytes.split_first().ok_or(Error::Empty { what })?;
    if *format != FORMAT {
        return Err(Error::Format { found: *format });
    }
    rmp_serde::from_slice(rest).map_err(|source| Error::Damaged { what, source })
}

/// Encodes an entry.
pub fn encode_entry(entry: &Entry) -> Vec<u8> {
    encode(entry)
}

/// Decodes an entry.
///
/// # Errors
/// See [`decode`].
pub fn decode_entry(bytes: &[u8]) -> Result<Entry, Error> {
    decode(bytes, "log entry")
}

/// Encodes a whole catalog.
pub fn encode_catalog(catalog: &Catalog) -> Vec<u8> {
    encode(catalog)
}

/// Decodes a whole catalog.
///
/// # Errors
/// See [`decode`].
pub fn decode_catalog(bytes: &[u8]) -> Result<Catalog, Error> {
    decode(bytes, "catalog")
}
