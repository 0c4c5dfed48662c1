//! What a shard finds in a journal object: the bytes of one shard's section.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0..4 | length of the header, u32 LE |
//! | 4..4+h | header: [`ShardHeader`] by [`crate::catalog::codec`] |
//! | rest | the tables' Arrow IPC streams, in the header's order, new rows first, without gaps |
//!
//! The outer frame checks the section's checksum. New rows carry `oneid` Int64, `_row` Int64 (row
//! in the entry: with the log index it becomes `_seq`) and `_origin` Int64 beside their columns.
//! Rows that move in keep their `_seq` and have it in the place of `_row`.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::{CreatedPeople, codec},
    error::ErrorKind,
    id::{OneId, Ordinal},
    schema::Name,
};

/// Name of the built-in table of identifier values: `oneid, type, value, source, source_row`.
/// Segments cannot read it. A row without `source_row` says that an operator has unbound the
/// identifier: earlier rows of it no longer count.
pub const IDENTITIES: &str = "identities";

/// Name of the built-in table of merges, on the survivor's side:
/// `oneid, loser, survivor, type, value, source, source_row`. An operator's have no `source_row`,
/// and empty texts.
pub const MERGES: &str = "merges";

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
    /// Who is alive no longer, and which rows leave.
    #[serde(default)]
    pub people: PeopleMoves,
    /// (table, bytes of its stream) of rows that move in.
    #[serde(default)]
    pub moved: Vec<(Name, u64)>,
}

/// What an entry does to people of a shard beside creating them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleMoves {
    /// Created and merged away by this very entry: never alive, nothing moves for them.
    #[serde(default)]
    pub absorbed: Vec<Ordinal>,
    /// Whose rows leave here.
    #[serde(default)]
    pub left: Vec<Departure>,
    /// Alive again from here, without the rows that they had.
    #[serde(default)]
    pub revived: Vec<Ordinal>,
}

/// Rows that leave a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Whose.
    pub ordinal: Ordinal,
    /// Those that came in under these OneIDs; `None`: under any.
    pub origins: Option<Vec<OneId>>,
    /// Those that arrived before this `_seq`; `None`: whenever.
    #[serde(default)]
    pub below: Option<i64>,
}

impl Departure {
    /// All rows of a person, who is alive no longer.
    pub fn of_all(ordinal: Ordinal) -> Self {
        Self {
            ordinal,
            origins: None,
            below: None,
        }
    }

    /// Whether nothing stays: the person is alive no longer.
    pub fn is_whole(&self) -> bool {
        self.origins.is_none() && self.below.is_none()
    }
}

/// What a section is laid out from.
#[derive(Debug, Clone, Default)]
pub struct SectionParts {
    /// People that the entry creates in the shard.
    pub created: Option<CreatedPeople>,
    /// Other changes of people.
    pub people: PeopleMoves,
    /// (table, Arrow IPC stream) of new rows.
    pub tables: Vec<(Name, Vec<u8>)>,
    /// (table, Arrow IPC stream) of rows that move in.
    pub moved: Vec<(Name, Vec<u8>)>,
}

/// A decoded section: the header and one stream per table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardSection<'a> {
    /// People that the entry creates in the shard.
    pub created: Option<CreatedPeople>,
    /// Other changes of people.
    pub people: PeopleMoves,
    /// (table, Arrow IPC stream) of new rows.
    pub tables: Vec<(Name, &'a [u8])>,
    /// (table, Arrow IPC stream) of rows that move in.
    pub moved: Vec<(Name, &'a [u8])>,
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
pub fn encode_section(parts: &SectionParts) -> Vec<u8> {
    let directory = |tables: &[(Name, Vec<u8>)]| {
        let sizes = tables.iter();
        sizes
            .map(|(name, stream)| (name.clone(), stream.len() as u64))
            .collect()
    };
    let header = codec::encode(&ShardHeader {
        created: parts.created,
        tables: directory(&parts.tables),
        people: parts.people.clone(),
        moved: directory(&parts.moved),
    });
    let streams = || {
        parts
            .tables
            .iter()
            .chain(&parts.moved)
            .map(|(_, stream)| stream)
    };
    let length: usize = streams().map(Vec::len).sum();
    let mut bytes = Vec::with_capacity(4 + header.len() + length);
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    for stream in streams() {
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
    let mut take = |directory: Vec<(Name, u64)>| {
        let mut tables = Vec::with_capacity(directory.len());
        for (name, length) in directory {
            let length = usize::try_from(length).map_err(|_| short("table"))?;
            let stream = rest.get(..length).ok_or(short("table"))?;
            rest = &rest[length..];
            tables.push((name, stream));
        }
        Ok::<_, Error>(tables)
    };
    let (tables, moved) = (take(header.tables)?, take(header.moved)?);
    if !rest.is_empty() {
        return Err(short("end"));
    }
    Ok(ShardSection {
        created: header.created,
        people: header.people,
        tables,
        moved,
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
        let people = PeopleMoves {
            absorbed: vec![8],
            left: vec![Departure::of_all(1)],
            revived: vec![2],
        };
        let bytes = encode_section(&SectionParts {
            created,
            people: people.clone(),
            tables: vec![(name("events"), vec![1, 2, 3]), (name("x"), vec![])],
            moved: vec![(name("events"), vec![4])],
        });
        let section = decode_section(&bytes).expect("just encoded");
        assert_eq!((section.created, &section.people), (created, &people));
        assert_eq!(section.tables[0].1, [1, 2, 3]);
        assert_eq!(section.moved[0].1, [4]);
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
