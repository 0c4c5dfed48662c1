//! `Edge`: one merge of one loser, from decision to landing to cut; 48 bytes in a checkpoint.

use tagma_core::{LogIndex, OneId};

use super::Evidence;
use crate::codec::Reader;

/// Bytes of an encoded edge.
pub(crate) const EDGE_BYTES: usize = 48;

/// All ones in 40 bits: "not yet".
const NEVER: u64 = (1 << 40) - 1;

/// A merge of `loser` into `survivor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Who is merged away.
    pub loser: OneId,
    /// Who stays.
    pub survivor: OneId,
    /// From this index new rows of the loser go to the survivor.
    pub decided: LogIndex,
    /// From this index the loser is an alias; `None` while its rows have not moved.
    pub landed: Option<LogIndex>,
    /// From this index the two are apart again; `None` while they are one.
    pub cut: Option<LogIndex>,
    /// Which identifiers joined the two.
    pub evidence: Evidence,
}

impl Edge {
    /// Whether rows of the loser go to the survivor at `index`.
    pub fn holds_at(&self, index: LogIndex) -> bool {
        self.decided <= index && self.cut.is_none_or(|cut| index < cut)
    }

    /// Whether the loser is an alias of the survivor at `index`.
    pub fn is_alias_at(&self, index: LogIndex) -> bool {
        self.holds_at(index) && self.landed.is_some_and(|landed| landed <= index)
    }

    /// Newest index that changed the edge.
    pub(super) fn newest(&self) -> LogIndex {
        let later = self.landed.max(self.cut);
        later.map_or(self.decided, |later| later.max(self.decided))
    }

    /// Bytes 0–7 loser i64 LE, 8–15 survivor i64 LE, then decided, landed, cut as u40 LE each
    /// (all ones: never), byte 31 zero, 32–39 and 40–47 the evidence, loser's first, BE.
    pub(crate) fn to_bytes(self) -> [u8; EDGE_BYTES] {
        let mut bytes = [0; EDGE_BYTES];
        bytes[..8].copy_from_slice(&self.loser.get().to_le_bytes());
        bytes[8..16].copy_from_slice(&self.survivor.get().to_le_bytes());
        let indexes = [Some(self.decided), self.landed, self.cut];
        for (place, index) in bytes[16..31].chunks_exact_mut(5).zip(indexes) {
            let index = index.map_or(NEVER, |index| index.0);
            place.copy_from_slice(&index.to_le_bytes()[..5]);
        }
        bytes[32..40].copy_from_slice(&self.evidence.loser.to_be_bytes());
        bytes[40..].copy_from_slice(&self.evidence.survivor.to_be_bytes());
        bytes
    }

    /// `None` where the bytes are no edge.
    pub(crate) fn from_bytes(bytes: &[u8; EDGE_BYTES]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let loser = OneId::from_i64(reader.i64().ok()?)?;
        let survivor = OneId::from_i64(reader.i64().ok()?)?;
        let mut index = || -> Option<Option<LogIndex>> {
            let mut word = [0; 8];
            word[..5].copy_from_slice(&reader.array::<5>().ok()?);
            let index = u64::from_le_bytes(word);
            Some((index != NEVER).then_some(LogIndex(index)))
        };
        let (decided, landed, cut) = (index()??, index()?, index()?);
        let in_order = landed.is_none_or(|landed| decided <= landed)
            && cut.is_none_or(|cut| landed.unwrap_or(decided) <= cut);
        let reserved = reader.u8().ok()?;
        let evidence = Evidence {
            loser: u64::from_be_bytes(reader.array().ok()?),
            survivor: u64::from_be_bytes(reader.array().ok()?),
        };
        (reserved == 0 && in_order && loser != survivor).then_some(Self {
            loser,
            survivor,
            decided,
            landed,
            cut,
            evidence,
        })
    }
}
