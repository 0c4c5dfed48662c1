//! `Entry`: one identifier with its origin, type and index; `Link`: the way back from a person.

use std::cmp::Ordering;

use tagma_core::{LogIndex, OneId};

use crate::key::IdentifierHash;

/// Greatest index that an entry can carry: 40 bits, and the last value means "not committed".
pub(crate) const INDEX_MAX: u64 = INDEX_PENDING - 1;

/// Stands for the index of an entry whose batch has no place in the log yet.
pub(crate) const INDEX_PENDING: u64 = (1 << 40) - 1;

/// One identifier: 32 bytes in memory and in files.
///
/// Order: hash ascending, then index descending, so that the first entry of a hash with an index
/// at or below X is what holds at X.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) high: u64,
    pub(crate) low: u64,
    pub(crate) origin: OneId,
    /// `index << 24 | type << 8 | flags`; flag bit 0 says "unbound", the others are 0.
    meta: u64,
}

/// Flag of an entry that ends what older entries of its hash say.
const UNBOUND: u64 = 1;

impl Entry {
    /// Bytes of an entry in a map file.
    pub(crate) const BYTES: usize = 32;

    pub(crate) fn new(hash: IdentifierHash, origin: OneId, type_number: u16, index: u64) -> Self {
        debug_assert!(index <= INDEX_PENDING, "indexes have 40 bits");
        Self {
            high: hash.high(),
            low: hash.low(),
            origin,
            meta: (index << 24) | (u64::from(type_number) << 8),
        }
    }

    /// "From here the identifier is nobody's": `origin` is whose it was.
    pub(crate) fn unbound(
        hash: IdentifierHash,
        origin: OneId,
        type_number: u16,
        index: u64,
    ) -> Self {
        let mut entry = Self::new(hash, origin, type_number, index);
        entry.meta |= UNBOUND;
        entry
    }

    #[inline]
    pub(crate) fn is_unbound(&self) -> bool {
        self.meta & UNBOUND != 0
    }

    pub(crate) fn hash(&self) -> IdentifierHash {
        IdentifierHash::from_parts(self.high, self.low)
    }

    #[inline]
    pub(crate) fn index(&self) -> u64 {
        self.meta >> 24
    }

    pub(crate) fn log_index(&self) -> LogIndex {
        LogIndex(self.index())
    }

    pub(crate) fn type_number(&self) -> u16 {
        ((self.meta >> 8) & 0xffff) as u16
    }

    pub(crate) fn with_index(self, index: u64) -> Self {
        let meta = (index << 24) | (self.meta & 0xff_ffff);
        Self { meta, ..self }
    }

    #[inline]
    pub(crate) fn link(&self) -> Link {
        Link {
            origin: self.origin,
            prefix: self.high,
        }
    }

    /// Bytes 0–15 hash, 16–23 origin LE, 24–31 meta LE.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.high.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.low.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.origin.get().to_le_bytes());
        bytes[24..].copy_from_slice(&self.meta.to_le_bytes());
        bytes
    }

    /// `None` where the origin is not a OneID.
    #[inline]
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let word = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            word
        };
        Some(Self {
            high: u64::from_be_bytes(word(0)),
            low: u64::from_be_bytes(word(8)),
            origin: OneId::from_i64(i64::from_le_bytes(word(16)))?,
            meta: u64::from_le_bytes(word(24)),
        })
    }
}

impl Ord for Entry {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        (self.high, self.low)
            .cmp(&(other.high, other.low))
            .then_with(|| other.index().cmp(&self.index()))
            .then_with(|| (self.origin, self.meta).cmp(&(other.origin, other.meta)))
    }
}

impl PartialOrd for Entry {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// "This person has an identifier whose hash starts so": 16 bytes, ordered by person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    pub(crate) origin: OneId,
    pub(crate) prefix: u64,
}

impl Link {
    /// Bytes of a link in a map file.
    pub(crate) const BYTES: usize = 16;

    /// Bytes 0–7 origin LE, 8–15 the first half of the hash.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.origin.get().to_le_bytes());
        bytes[8..].copy_from_slice(&self.prefix.to_be_bytes());
        bytes
    }

    /// `None` where the origin is not a OneID.
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (origin, prefix) = bytes.split_at(8);
        Some(Self {
            origin: OneId::from_i64(i64::from_le_bytes(origin.try_into().ok()?))?,
            prefix: u64::from_be_bytes(prefix.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_pack_without_loss_and_newer_versions_come_first() {
        let origin = OneId::from_i64((3 << 32) | 9).expect("a OneID");
        let hash = IdentifierHash([0xab; 16]);
        let entry = Entry::new(hash, origin, u16::MAX, INDEX_MAX);
        assert_eq!(Entry::from_bytes(&entry.to_bytes()), Some(entry));
        assert_eq!((entry.hash(), entry.origin), (hash, origin));
        assert_eq!((entry.index(), entry.type_number()), (INDEX_MAX, u16::MAX));
        let old = entry.with_index(5);
        assert_eq!((old.index(), old.type_number()), (5, u16::MAX));
        assert!(entry < old);
        assert_eq!(Entry::from_bytes(&[0; 32]), None);
        let unbound = Entry::unbound(hash, origin, 7, 6);
        assert_eq!(Entry::from_bytes(&unbound.to_bytes()), Some(unbound));
        assert!(unbound.is_unbound() && unbound.with_index(9).is_unbound() && unbound < old);
        assert_eq!((unbound.index(), unbound.type_number()), (6, 7));
        assert!(!entry.is_unbound() && unbound.link() == entry.link());
        let link = entry.link();
        assert_eq!(Link::from_bytes(&link.to_bytes()), Some(link));
        assert_eq!(Link::from_bytes(&[0xff; 16]), None);
    }
}
