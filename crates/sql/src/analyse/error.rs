//! Why a query cannot compute a tag shard by shard.

use tagma_core::ErrorKind;
use tagma_core::schema::TagKind;

/// Why a query cannot compute a tag. All are [`ErrorKind::Invalid`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The result has other columns than a tag's.
    #[error("tag SQL returns the columns `oneid` and `value`, not {found}")]
    Columns {
        /// What it returns.
        found: String,
    },
    /// The people of one shard do not suffice.
    #[error("not computable person by person: {reason}")]
    NotLocal {
        /// What takes more than one person, and what to write instead.
        reason: String,
    },
    /// The values are of another type than the tag's.
    #[error("`value` is {found}, which is no value of a tag of kind {kind}: {instead}")]
    Type {
        /// Arrow's name of the type.
        found: String,
        /// Of the tag.
        kind: TagKind,
        /// What to write instead.
        instead: String,
    },
    /// A date would become an instant by way of nanoseconds.
    #[error("`{expression}` is mixed with a timestamp: CAST it to TIMESTAMP")]
    MixedTimes {
        /// The date.
        expression: String,
    },
    /// An IN list mixes types.
    #[error("`{list}` mixes types: the values of an IN list are of the type of its left side")]
    MixedList {
        /// The list.
        list: String,
    },
}

impl Error {
    /// What the caller should do: change the query.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

pub(super) fn not_local(reason: &str) -> Error {
    Error::NotLocal {
        reason: reason.into(),
    }
}
