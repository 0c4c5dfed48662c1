//! What a shard finds in a journal object: the bytes of one shard's section.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0..4 | length of the header, u32 LE |
//! | 4..4+h | header: [`ShardHeader`] by [`crate::catalog::codec`] |
//! | rest | the tables' Arrow IPC streams, in the header's order, without gaps |
//!
//! The outer frame checks the section's checksum. Rows carry `oneid` Int64, `_row` Int64 (row in
//! the entry: with the log index it becomes `_seq`) and `_origin` Int64 beside their columns.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::{CreatedPeople, codec},
    error::ErrorKind,
    schema::Name,
};

/// Name of the built-in table of identifier values: `oneid, type, value`. Segments cannot read it.
pub const IDENTITIES: &str = "identities";

/// Name of the built-in table of rows that went to no table:
/// `oneid` = 0, `table_name, source, source_row, reason, original`.
pub const DEAD_LETTERS: &str = "dead_letters";

/// Directory of a shard's section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardHeader {
    /// People that the entry creates in the shard.
    pub created: Option<CreatedPeople>,
    /// (table, bytes of its stream).
    pub tables: Vec<(Name, u64)>,
}

/// A decoded section: the header and one stream per table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardSection<'a> {
    /// People that the entry creates in the shard.
    pub created: Option<CreatedPeople>,
    /// (table, Arrow IPC stream).
    pub tables: Vec<(Name, &'a [u8])>,
}

/// Bytes that are no section.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Lengths do not add up.
    #[error("a journal section of {length} bytes ends where its {part} should be")]
    Short {
        /// Bytes in all.
        length: usize,
        /// What was expected.
        part: &'static str,
    },
    /// The header is damaged.
    #[error("a journal section's header cannot be read")]
    Header {
        /// The decoder's word.
        #[from]
        source: codec::Error,
    },
}

impl Error {
    /// Corrupt, or Incompatible for a newer format.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Short { .. } => ErrorKind::Corrupt,
            Self::Header { source } => source.kind(),
        }
    }
}

/// Lays out a section.
pub fn encode_section(created: Option<CreatedPeople>, tables: &[(Name, Vec<u8>)]) -> Vec<u8> {
    let directory = tables
        .iter()
        .map(|(name, stream)| (name.clone(), stream.len() as u64));
    let header = codec::encode(&ShardHeader {
        created,
        tables: directory.collect(),
    });
    let streams: usize = tables.iter().map(|(_, stream)| stream.len()).sum();
    let mut bytes = Vec::with_capacity(4 + header.len() + streams);
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    for (_, stream) in tables {
        bytes.extend_from_slice(stream);
    }
    bytes
}

/// Reads a section in place.
///
/// # Errors
/// Corrupt where the bytes are not what [`encode_section`] wrote.
pub fn decode_section(bytes: &[u8]) -> Result<ShardSection<'_>, Error> {
    let short = |part| Error::Short {
        length: bytes.len(),
        part,
    };
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(short("length"))?;
    let length = u32::from_le_bytes(*length) as usize;
    let header = rest.get(..length).ok_or(short("header"))?;
    let header: ShardHeader = codec::decode(header, "journal section header")?;
    let mut rest = &rest[length..];
    let mut tables = Vec::with_capacity(header.tables.len());
    for (name, length) in header.tables {
        let length = usize::try_from(length).map_err(|_| short("table"))?;
        let stream = rest.get(..length).ok_or(short("table"))?;
        rest = &rest[length..];
        tables.push((name, stream));
    }
    if !rest.is_empty() {
        return Err(short("end"));
    }
    Ok(ShardSection {
        created: header.created,
        tables,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ShardId;

    #[test]
    fn sections_round_trip_and_damage_is_an_error_or_harmless() {
        let created = ShardId::new(3).map(|shard| CreatedPeople {
            shard,
            first: 7,
            count: 2,
        });
        let name = |n| Name::new(n).expect("a name");
        let tables = vec![(name("events"), vec![1, 2, 3]), (name("x"), vec![])];
        let bytes = encode_section(created, &tables);
        let section = decode_section(&bytes).expect("just encoded");
        assert_eq!(section.created, created);
        assert_eq!(section.tables[0].1, [1, 2, 3]);
        for cut in 0..bytes.len() {
            assert!(decode_section(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let _ = decode_section(&damaged);
        }
    }
}
