//! `ForestChange`: what one batch does to the forest; 24 bytes in a layer.

use tagma_core::OneId;

use crate::codec::Reader;

/// Bytes of an encoded change.
pub(crate) const CHANGE_BYTES: usize = 24;

const DECIDED: u8 = 1;
const LANDED: u8 = 2;
const CUT: u8 = 3;

/// One step of a merge; its index is that of the layer it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForestChange {
    /// From here every new row of `loser` goes to `survivor`.
    Decided {
        /// Who is merged away.
        loser: OneId,
        /// Who stays.
        survivor: OneId,
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
}

impl ForestChange {
    /// Byte 0 kind, 1–7 zero, 8–15 loser i64 LE, 16–23 survivor i64 LE (0 where none).
    pub(crate) fn to_bytes(self) -> [u8; CHANGE_BYTES] {
        let (kind, loser, survivor) = match self {
            Self::Decided { loser, survivor } => (DECIDED, loser, survivor.get()),
            Self::Landed { loser } => (LANDED, loser, 0),
            Self::Cut { loser } => (CUT, loser, 0),
        };
        let mut bytes = [0; CHANGE_BYTES];
        bytes[0] = kind;
        bytes[8..16].copy_from_slice(&loser.get().to_le_bytes());
        bytes[16..].copy_from_slice(&survivor.to_le_bytes());
        bytes
    }

    /// `None` where the bytes are no change.
    pub(crate) fn from_bytes(bytes: &[u8; CHANGE_BYTES]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let kind = reader.u8().ok()?;
        if reader.bytes(7).ok()? != [0; 7] {
            return None;
        }
        let loser = OneId::from_i64(reader.i64().ok()?)?;
        let survivor = reader.i64().ok()?;
        match (kind, survivor) {
            (DECIDED, survivor) => Some(Self::Decided {
                loser,
                survivor: OneId::from_i64(survivor)?,
            }),
            (LANDED, 0) => Some(Self::Landed { loser }),
            (CUT, 0) => Some(Self::Cut { loser }),
            _ => None,
        }
    }
}
