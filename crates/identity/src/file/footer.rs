//! The footer: the last 128 bytes of every map file, written when all else is known.

use tagma_core::LogIndex;

use super::Error;
use super::checksum::masked_crc32c;
use crate::codec::{Reader, Short};
use crate::key::KeyFingerprint;

/// Bytes of a page, the unit of checksums; the last page of a body may be shorter.
pub(super) const PAGE_BYTES: usize = 16 * 1024;

/// Bytes of the footer.
pub(super) const FOOTER_BYTES: usize = 128;

const MAGIC: [u8; 8] = *b"TAGMAIDF";
const VERSION: u16 = 2;
/// Where the footer's own checksum stands.
const CHECKSUM_AT: usize = FOOTER_BYTES - 4;
const RESERVED_BYTES: usize = CHECKSUM_AT - 88;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Entries in hash order.
    Forward,
    /// Links in OneID order.
    Reverse,
    /// Creation order and forest.
    State,
}

/// All that is said about a body. The byte table is in `docs/formats/identity-map.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) kind: Kind,
    /// Number of this file among those of its kind.
    pub(super) partition: u32,
    /// Forward: how many top bits of the hash choose the partition.
    pub(super) partition_bits: u32,
    /// Forward: how many further bits choose the bucket.
    pub(super) bucket_bits: u32,
    pub(super) index: LogIndex,
    pub(super) fingerprint: KeyFingerprint,
    /// Entries or links; bytes of a state.
    pub(super) records: u64,
    /// Reverse: first and last OneID, 0 where there is none.
    pub(super) first: i64,
    pub(super) last: i64,
}

/// A footer as read, with what the body's checksums are checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealed {
    pub(super) footer: Footer,
    pub(super) body_bytes: u64,
    pub(super) table_checksum: u32,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Forward, Self::Reverse, Self::State];

    fn number(self) -> u16 {
        match self {
            Self::Forward => 1,
            Self::Reverse => 2,
            Self::State => 3,
        }
    }
}

impl Sealed {
    pub(super) fn to_bytes(self) -> [u8; FOOTER_BYTES] {
        let footer = self.footer;
        let mut bytes = Vec::with_capacity(FOOTER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&footer.kind.number().to_le_bytes());
        bytes.extend_from_slice(&footer.partition.to_le_bytes());
        bytes.extend_from_slice(&footer.partition_bits.to_le_bytes());
        bytes.extend_from_slice(&footer.bucket_bits.to_le_bytes());
        bytes.extend_from_slice(&footer.index.0.to_le_bytes());
        bytes.extend_from_slice(&footer.fingerprint.0);
        bytes.extend_from_slice(&footer.records.to_le_bytes());
        bytes.extend_from_slice(&footer.first.to_le_bytes());
        bytes.extend_from_slice(&footer.last.to_le_bytes());
        bytes.extend_from_slice(&self.body_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.table_checksum.to_le_bytes());
        bytes.extend_from_slice(&(PAGE_BYTES as u32).to_le_bytes());
        bytes.extend_from_slice(&[0; RESERVED_BYTES]);
        let crc = masked_crc32c(&bytes);
        let mut sealed = [0; FOOTER_BYTES];
        sealed[..CHECKSUM_AT].copy_from_slice(&bytes);
        sealed[CHECKSUM_AT..].copy_from_slice(&crc.to_le_bytes());
        sealed
    }

    /// Reads and checks a footer of the file named `file`.
    pub(super) fn from_bytes(bytes: &[u8], file: &str) -> Result<Self, Error> {
        let damaged = |what| Error::corrupt(file, what);
        let (covered, checksum) = bytes
            .split_at_checked(CHECKSUM_AT)
            .ok_or_else(|| damaged("too short for a footer"))?;
        if masked_crc32c(covered).to_le_bytes() != *checksum {
            return Err(damaged("the footer's checksum is wrong"));
        }
        let mut reader = Reader::new(covered);
        let parsed = Self::parse(&mut reader).map_err(|Short| damaged("short footer"))?;
        let (magic, version, sealed) = parsed;
        if magic != MAGIC {
            return Err(damaged("not a map file"));
        }
        if version != VERSION {
            return Err(Error::Version {
                file: file.to_owned(),
                version,
            });
        }
        sealed.ok_or_else(|| damaged("an unknown kind or page size"))
    }

    fn parse(reader: &mut Reader<'_>) -> Result<([u8; 8], u16, Option<Self>), Short> {
        let (magic, version, kind) = (reader.array()?, reader.u16()?, reader.u16()?);
        let (partition, partition_bits, bucket_bits) =
            (reader.u32()?, reader.u32()?, reader.u32()?);
        let index = LogIndex(reader.u64()?);
        let fingerprint = KeyFingerprint(reader.array()?);
        let (records, first, last) = (reader.u64()?, reader.i64()?, reader.i64()?);
        let (body_bytes, table_checksum, page) = (reader.u64()?, reader.u32()?, reader.u32()?);
        let kind = Kind::ALL.into_iter().find(|known| known.number() == kind);
        let sealed = kind
            .filter(|_| page as usize == PAGE_BYTES)
            .map(|kind| Self {
                footer: Footer {
                    kind,
                    partition,
                    partition_bits,
                    bucket_bits,
                    index,
                    fingerprint,
                    records,
                    first,
                    last,
                },
                body_bytes,
                table_checksum,
            });
        Ok((magic, version, sealed))
    }
}
