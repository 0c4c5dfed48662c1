//! Why an operator's change cannot be.

use tagma_core::{ErrorKind, OneId};

use crate::key::IdentifierHash;
use crate::{layer, map};

/// A change that is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The map could not be read.
    #[error("the identifier could not be looked up")]
    Map(#[from] map::Error),
    /// The layer could not be built.
    #[error("the layer of the change could not be built")]
    Layer(#[from] layer::Error),
    /// Nobody was ever created with this OneID.
    #[error("there is no person {0}")]
    UnknownPerson(OneId),
    /// The person was never merged into another one, or no longer is.
    #[error("{0} is not merged into anybody")]
    NotMerged(OneId),
    /// A merge on the way from the person to who it is now has not landed.
    #[error("the merge of {loser} into {survivor} has not landed yet: try again shortly")]
    Pending {
        /// Whose rows have not moved.
        loser: OneId,
        /// Where they go.
        survivor: OneId,
    },
    /// The two are one person already.
    #[error("{0} and {1} are one person already")]
    SamePerson(OneId, OneId),
    /// The two were separated.
    #[error("{0} and {1} were separated: lift the separation first")]
    Separated(OneId, OneId),
    /// There is no separation to lift.
    #[error("{0} and {1} are not separated")]
    NotSeparated(OneId, OneId),
    /// Nobody has this identifier.
    #[error("nobody has this identifier")]
    UnknownIdentifier,
    /// The identifier is not in quarantine.
    #[error("identifier {0} is not in quarantine")]
    NotQuarantined(IdentifierHash),
}

impl Error {
    /// Unavailable for a merge that has not landed: the same call succeeds later.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Map(source) => source.kind(),
            Self::Layer(source) => source.kind(),
            Self::UnknownPerson(_) | Self::UnknownIdentifier => ErrorKind::NotFound,
            Self::Pending { .. } => ErrorKind::Unavailable,
            Self::NotMerged(_)
            | Self::SamePerson(..)
            | Self::Separated(..)
            | Self::NotSeparated(..)
            | Self::NotQuarantined(_) => ErrorKind::Conflict,
        }
    }
}
