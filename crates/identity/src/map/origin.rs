//! What the map says about an identifier.

use tagma_core::{LogIndex, OneId};

use crate::key::IdentifierHash;
use crate::table::{Entry, INDEX_PENDING};

/// Where an identifier belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The person that it came to first, for ever; [`crate::Forest::root`] says who that is now.
    pub oneid: OneId,
    /// Number of its type.
    pub type_number: u16,
}

/// One identifier of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// Keyed hash of type and value.
    pub hash: IdentifierHash,
    /// Number of its type.
    pub type_number: u16,
    /// The person that it came to first.
    pub origin: OneId,
    /// Where it was attached; `None` while its batch is only staged.
    pub index: Option<LogIndex>,
}

impl Origin {
    /// What the newest entry of an identifier says; `None` where it was unbound.
    #[inline]
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        (!entry.is_unbound()).then(|| Self {
            oneid: entry.origin,
            type_number: entry.type_number(),
        })
    }
}

impl From<&Entry> for Attached {
    fn from(entry: &Entry) -> Self {
        Self {
            hash: entry.hash(),
            type_number: entry.type_number(),
            origin: entry.origin,
            index: (entry.index() != INDEX_PENDING).then(|| entry.log_index()),
        }
    }
}
