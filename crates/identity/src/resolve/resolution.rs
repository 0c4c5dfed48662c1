//! What becomes of a record.

use tagma_core::OneId;

use crate::layer::Layer;

/// Who a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// A person that was known before the record.
    Existing {
        /// Who it is now: where the row goes.
        oneid: OneId,
        /// Origin of the record's strongest known identifier: what the row came in under.
        origin: OneId,
    },
    /// A person that the record creates; its origin is itself.
    Created {
        /// The new person.
        oneid: OneId,
    },
    /// Nobody: the record is a dead letter and attaches nothing.
    Rejected(Rejection),
}

/// Why a record is a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Its identifiers belong to several people.
    WouldMerge {
        /// The person of the strongest known identifier.
        first: OneId,
        /// The person of the strongest identifier that is another's.
        second: OneId,
        /// How many people it names.
        people: u32,
    },
    /// No identifier is left after normalising.
    NoIdentifier,
}

impl Rejection {
    /// The stable reason in dead letters and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::WouldMerge { .. } => "would_merge",
            Self::NoIdentifier => "no_identifier",
        }
    }
}

impl Resolution {
    /// The person that the row goes to, if any.
    pub fn oneid(&self) -> Option<OneId> {
        match *self {
            Self::Existing { oneid, .. } | Self::Created { oneid } => Some(oneid),
            Self::Rejected(_) => None,
        }
    }
}

/// A resolved batch.
#[derive(Debug)]
pub struct Resolved {
    /// One for each record, in order.
    pub resolutions: Vec<Resolution>,
    /// What the batch adds to the map.
    pub layer: Layer,
}
