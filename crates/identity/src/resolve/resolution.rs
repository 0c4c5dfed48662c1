//! What becomes of a batch: of each record, of the people, and how often each rule spoke.

use tagma_core::OneId;

use crate::layer::Layer;

/// Who a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// A person that was known before the record.
    Existing {
        /// Who it is at the end of the batch: where the row goes.
        oneid: OneId,
        /// Origin of the record's strongest known identifier: what the row came in under.
        origin: OneId,
    },
    /// A person that the record creates.
    Created {
        /// Who it is at the end of the batch: another one where a later record merged the two.
        oneid: OneId,
        /// The new person.
        origin: OneId,
    },
    /// Nobody: the record is a dead letter and attaches nothing.
    Rejected(Rejection),
}

/// Why a record is a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// No identifier is left after normalising.
    NoIdentifier,
    /// Every identifier is in quarantine.
    Quarantined,
}

impl Rejection {
    /// The stable reason in dead letters and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoIdentifier => "no_identifier",
            Self::Quarantined => "quarantined",
        }
    }
}

impl Resolution {
    /// The person that the row goes to, if any.
    pub fn oneid(&self) -> Option<OneId> {
        match *self {
            Self::Existing { oneid, .. } | Self::Created { oneid, .. } => Some(oneid),
            Self::Rejected(_) => None,
        }
    }
}

/// Two people become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Who is merged away.
    pub loser: OneId,
    /// Who stays: the person created first.
    pub survivor: OneId,
    /// Number of the record within the batch.
    pub record: u32,
    /// Position in [`super::Records::identifiers`] of the record's strongest identifier that meant
    /// the loser.
    pub identifier: u32,
    /// Whether it has landed with this batch, which created the loser: nothing has to move.
    pub landed: bool,
}

/// An identifier that a record loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Number of the record within the batch.
    pub record: u32,
    /// Position in [`super::Records::identifiers`].
    pub identifier: u32,
    /// Which rule says so.
    pub why: DropReason,
}

/// Which rule leaves an identifier out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropReason {
    /// The person would have too many values of this type.
    Limit {
        /// Number of the type.
        type_number: u16,
    },
    /// The person would have two values of this type.
    Unique {
        /// Number of the type.
        type_number: u16,
    },
    /// The person would consist of too many people.
    Guard,
    /// The identifier links more people than its type allows.
    Quarantined,
    /// The identifier means somebody who is kept apart from the record's person.
    Barred,
}

impl DropReason {
    /// The stable name in reports and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Limit { .. } => "limit",
            Self::Unique { .. } => "unique",
            Self::Guard => "guard",
            Self::Quarantined => "quarantined",
            Self::Barred => "barred",
        }
    }
}

/// How often each rule spoke in a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// People merged away.
    pub merged: u64,
    /// Identifiers left out by a limit.
    pub limit: u64,
    /// Identifiers left out by uniqueness.
    pub unique: u64,
    /// Identifiers left out by the size of a merge.
    pub guard: u64,
    /// Identifiers left out because they are in quarantine.
    pub quarantined: u64,
    /// Records that would have joined two people who are kept apart.
    pub barred: u64,
}

/// A resolved batch.
#[derive(Debug)]
pub struct Resolved {
    /// One for each record, in order.
    pub resolutions: Vec<Resolution>,
    /// What the batch adds to the map.
    pub layer: Layer,
    /// People merged away, in order; the layer has the same.
    pub merges: Vec<Merge>,
    /// Identifiers left out, in order of the records.
    pub dropped: Vec<Dropped>,
    /// How often each rule spoke.
    pub counts: RuleCounts,
}
