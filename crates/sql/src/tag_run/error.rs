//! Why a run of a tag fails.

use datafusion::common::DataFusionError;
use tagma_core::schema::Name;
use tagma_core::{ErrorKind, OneId};

use crate::session::kind_of;
use crate::tables::PeopleError;
use crate::{analyse, guard};

/// Why a run of a tag fails; nothing of it is to be kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not allowed.
    #[error("the SQL of tag `{tag}` is refused")]
    Refused {
        /// The tag.
        tag: Name,
        /// Why.
        #[source]
        source: guard::Error,
    },
    /// The query does not compute a tag.
    #[error("the SQL of tag `{tag}` does not compute it")]
    Unfit {
        /// The tag.
        tag: Name,
        /// Why.
        #[source]
        source: analyse::Error,
    },
    /// The query cannot be planned: an unknown table or column, a wrong type.
    #[error("the SQL of tag `{tag}` cannot be planned: {reason}")]
    Plan {
        /// The tag.
        tag: Name,
        /// What the planner says.
        reason: String,
        /// What the caller should do.
        kind: ErrorKind,
    },
    /// The query fails while it runs.
    #[error("the SQL of tag `{tag}` failed")]
    Execute {
        /// The tag.
        tag: Name,
        /// What failed.
        #[source]
        source: DataFusionError,
    },
    /// People have more than one value.
    #[error("tag `{tag}` has two values for one person: {}", examples.join("; "))]
    TwoValues {
        /// The tag.
        tag: Name,
        /// At most three.
        examples: Vec<String>,
    },
    /// A value is not one of the tag's.
    #[error("a value of tag `{tag}` does not fit, of person {person}: {reason}")]
    Value {
        /// The tag.
        tag: Name,
        /// Whose value it is.
        person: OneId,
        /// What does not fit, and what to write.
        reason: String,
    },
    /// A row belongs to nobody, or to another shard.
    #[error("tag `{tag}` got a row of oneid {oneid}, which is no person of this shard")]
    Stranger {
        /// The tag.
        tag: Name,
        /// As in the row.
        oneid: String,
    },
    /// The people of the shard could not be read.
    #[error("the people of the shard could not be read")]
    People(#[from] PeopleError),
    /// The sink refused a value.
    #[error("a value of tag `{tag}` could not be kept")]
    Sink {
        /// The tag.
        tag: Name,
        /// What the sink said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It took too long.
    #[error("the SQL of tag `{tag}` ran longer than {seconds} s")]
    TimedOut {
        /// The tag.
        tag: Name,
        /// The limit.
        seconds: u64,
    },
    /// The planning thread died.
    #[error("the SQL of tag `{tag}` brought its planner down")]
    Planner {
        /// The tag.
        tag: Name,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { source, .. } => source.kind(),
            Self::Unfit { source, .. } => source.kind(),
            Self::Plan { kind, .. } => *kind,
            Self::Execute { source, .. } => kind_of(source),
            Self::TwoValues { .. } | Self::Value { .. } => ErrorKind::Invalid,
            Self::People(source) => source.kind(),
            Self::TimedOut { .. } => ErrorKind::Timeout,
            Self::Stranger { .. } | Self::Sink { .. } | Self::Planner { .. } => ErrorKind::Internal,
        }
    }
}
