//! `ForestChange`: what one batch does to the forest; 40 bytes in a layer.

use tagma_core::OneId;

use crate::codec::Reader;
use crate::key::IdentifierHash;

/// Bytes of an encoded change.
pub(crate) const CHANGE_BYTES: usize = 40;

const DECIDED: u8 = 1;
const LANDED: u8 = 2;
const CUT: u8 = 3;
const SEPARATED: u8 = 4;
const LIFTED: u8 = 5;
const QUARANTINED: u8 = 6;
const RELEASED: u8 = 7;

/// Which two identifiers of a record joined two people: the first eight bytes of their hashes.
///
/// Enough to find them again: with their origin among the merged people they are unique. Zero
/// where an operator joined the two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The record's strongest identifier that meant the loser.
    pub loser: u64,
    /// The record's strongest identifier that meant the survivor.
    pub survivor: u64,
}

impl Evidence {
    /// Of the two identifiers.
    pub fn of(loser: IdentifierHash, survivor: IdentifierHash) -> Self {
        Self {
            loser: loser.high(),
            survivor: survivor.high(),
        }
    }

    /// Whether an identifier is one of the two.
    pub fn names(&self, identifier: IdentifierHash) -> bool {
        *self != Self::default() && [self.loser, self.survivor].contains(&identifier.high())
    }
}

/// One step of a merge, of a separation, or of a quarantine; its index is that of its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForestChange {
    /// From here every new row of `loser` goes to `survivor`.
    Decided {
        /// Who is merged away.
        loser: OneId,
        /// Who stays.
        survivor: OneId,
        /// Why.
        evidence: Evidence,
    },
    /// The loser's rows have moved; it is an alias now.
    Landed {
        /// Who was merged away.
        loser: OneId,
    },
    /// The merge is undone.
    Cut {
        /// Who is its own person again.
        loser: OneId,
    },
    /// Rules do not join the two any more.
    Separated {
        /// Who was merged away.
        loser: OneId,
        /// Into whom.
        survivor: OneId,
    },
    /// A separation ends.
    Lifted {
        /// As it was separated.
        loser: OneId,
        /// As it was separated.
        survivor: OneId,
    },
    /// An identifier has linked as many people as its type allows: it is left out from here.
    Quarantined {
        /// The identifier.
        identifier: IdentifierHash,
    },
    /// A quarantine ends.
    Released {
        /// The identifier.
        identifier: IdentifierHash,
    },
}

impl ForestChange {
    /// Byte 0 kind, 1–7 zero, 8–15 loser i64 LE, 16–23 survivor i64 LE (0 where none), or 8–23
    /// the identifier; 24–31 and 32–39 the evidence, loser's first, as in hashes (0 where none).
    pub(crate) fn to_bytes(self) -> [u8; CHANGE_BYTES] {
        let mut bytes = [0; CHANGE_BYTES];
        bytes[0] = self.kind();
        if let Self::Quarantined { identifier } | Self::Released { identifier } = self {
            bytes[8..24].copy_from_slice(&identifier.0);
            return bytes;
        }
        let (loser, survivor, evidence) = self.people();
        bytes[8..16].copy_from_slice(&loser.map_or(0, OneId::get).to_le_bytes());
        bytes[16..24].copy_from_slice(&survivor.map_or(0, OneId::get).to_le_bytes());
        bytes[24..32].copy_from_slice(&evidence.loser.to_be_bytes());
        bytes[32..].copy_from_slice(&evidence.survivor.to_be_bytes());
        bytes
    }

    /// `None` where the bytes are no change.
    pub(crate) fn from_bytes(bytes: &[u8; CHANGE_BYTES]) -> Option<Self> {
        let change = Self::parse(bytes)?;
        (change.to_bytes() == *bytes).then_some(change)
    }

    fn parse(bytes: &[u8; CHANGE_BYTES]) -> Option<Self> {
        let mut reader = Reader::new(&bytes[8..]);
        if let QUARANTINED | RELEASED = bytes[0] {
            let identifier = IdentifierHash(reader.array().ok()?);
            return Some(match bytes[0] {
                QUARANTINED => Self::Quarantined { identifier },
                _ => Self::Released { identifier },
            });
        }
        let loser = OneId::from_i64(reader.i64().ok()?)?;
        let survivor = OneId::from_i64(reader.i64().ok()?);
        let evidence = Evidence {
            loser: u64::from_be_bytes(reader.array().ok()?),
            survivor: u64::from_be_bytes(reader.array().ok()?),
        };
        match (bytes[0], survivor) {
            (DECIDED, Some(survivor)) => Some(Self::Decided {
                loser,
                survivor,
                evidence,
            }),
            (SEPARATED, Some(survivor)) => Some(Self::Separated { loser, survivor }),
            (LIFTED, Some(survivor)) => Some(Self::Lifted { loser, survivor }),
            (LANDED, None) => Some(Self::Landed { loser }),
            (CUT, None) => Some(Self::Cut { loser }),
            _ => None,
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Decided { .. } => DECIDED,
            Self::Landed { .. } => LANDED,
            Self::Cut { .. } => CUT,
            Self::Separated { .. } => SEPARATED,
            Self::Lifted { .. } => LIFTED,
            Self::Quarantined { .. } => QUARANTINED,
            Self::Released { .. } => RELEASED,
        }
    }

    /// Loser, survivor and evidence, where it has them.
    fn people(&self) -> (Option<OneId>, Option<OneId>, Evidence) {
        match *self {
            Self::Decided {
                loser,
                survivor,
                evidence,
            } => (Some(loser), Some(survivor), evidence),
            Self::Separated { loser, survivor } | Self::Lifted { loser, survivor } => {
                (Some(loser), Some(survivor), Evidence::default())
            }
            Self::Landed { loser } | Self::Cut { loser } => {
                (Some(loser), None, Evidence::default())
            }
            Self::Quarantined { .. } | Self::Released { .. } => (None, None, Evidence::default()),
        }
    }
}
