//! Why a change does not fit into a forest.

use tagma_core::{ErrorKind, LogIndex, OneId};

use crate::key::IdentifierHash;

/// A change that is refused; the forest is as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The loser is merged already: the change speaks of an older state.
    #[error("{0} is merged already")]
    AlreadyMerged(OneId),
    /// The edge would close a circle.
    #[error("merging {loser} into {survivor} would close a circle")]
    Circle {
        /// Who would be merged away.
        loser: OneId,
        /// Who would stay.
        survivor: OneId,
    },
    /// There is no merge to land or to cut.
    #[error("{0} is not merged")]
    NotMerged(OneId),
    /// The merge has landed before.
    #[error("the merge of {0} has landed already")]
    AlreadyLanded(OneId),
    /// Two people that are kept apart already, or the same person.
    #[error("{loser} and {survivor} are separated already, or one person")]
    AlreadySeparated {
        /// As in the change.
        loser: OneId,
        /// As in the change.
        survivor: OneId,
    },
    /// There is no such separation to lift.
    #[error("{loser} and {survivor} are not separated")]
    NotSeparated {
        /// As in the change.
        loser: OneId,
        /// As in the change.
        survivor: OneId,
    },
    /// An identifier that is in quarantine already, or not in it.
    #[error("the quarantine of identifier {0} is as it should become")]
    Quarantine(IdentifierHash),
    /// Changes come in log order.
    #[error("a change at {index} after one at {newest}")]
    OutOfOrder {
        /// Index of the change.
        index: LogIndex,
        /// Newest index that the edge knows.
        newest: LogIndex,
    },
    /// Encoded edges are damaged.
    #[error("the encoded forest is damaged: {0}")]
    Damaged(&'static str),
}

impl Error {
    /// Corrupt for damaged bytes, Conflict for all that speaks of another state.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Damaged(_) => ErrorKind::Corrupt,
            _ => ErrorKind::Conflict,
        }
    }
}
