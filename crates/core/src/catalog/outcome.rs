//! What an entry led to.

use serde::{Deserialize, Serialize};

use super::state::{JobId, ProducerId, Recorded};
use crate::{
    error::ErrorKind,
    id::{LogIndex, NodeId, OneId, TagVersion},
    schema::Name,
};

/// Outcome of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Done; there is nothing to tell.
    Done,
    /// Not done, and the state has not changed.
    Refused(Refusal),
    /// The worker's number.
    Worker(NodeId),
    /// The batch is in the journal: what each request did, in the batch's order.
    Batch(Vec<Recorded>),
    /// What each definition was, in the order of the documents.
    Applied(Vec<Change>),
    /// A producer may send.
    Producer {
        /// Its number.
        id: ProducerId,
        /// Its epoch; older ones are fenced.
        epoch: u64,
        /// The last sequence that was taken; 0: none.
        last_sequence: u64,
    },
    /// A file may be sent, or has been.
    Load(LoadState),
    /// A run is open at the entry's index.
    Job(JobId),
    /// The versions that became readable.
    Published(Vec<(Name, TagVersion)>),
    /// A pin's number.
    Pinned(u64),
    /// What an operator's word did to people.
    People(PeopleChanged),
}

/// Whom an operator's word was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleChanged {
    /// The entry's index.
    pub index: LogIndex,
    /// Who stays of a merge, who is alive again, whose identifier was unbound, one of those whose
    /// separation was lifted.
    pub person: Option<OneId>,
    /// Who is merged away, who has the rows that come back, the other one whose separation was
    /// lifted.
    pub other: Option<OneId>,
}

/// Why an entry was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What the caller should do.
    pub kind: ErrorKind,
    /// What and why, for people.
    pub message: String,
}

/// Where a load stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadState {
    /// The load's producer.
    pub producer: ProducerId,
    /// Its epoch.
    pub epoch: u64,
    /// The last request that was taken; 0: none.
    pub last_sequence: u64,
    /// Whether every row has been taken.
    pub finished: bool,
    /// Index of the first batch with rows of the file; 0: none yet.
    pub first_index: LogIndex,
    /// Index of the last batch with rows of the file; 0: none yet.
    pub last_index: LogIndex,
    /// Rows in tables so far.
    pub rows: u64,
    /// Dead letters so far.
    pub rejected: u64,
    /// People created so far.
    pub created: u64,
}

/// What `apply` did with one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `identifier`, `table`, `tag` or `segment`.
    pub document: String,
    /// Its name.
    pub name: Name,
    /// What happened.
    pub change: ChangeKind,
}

/// What happened to a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It replaces another one.
    Changed,
    /// It is as before.
    Unchanged,
}

impl Outcome {
    /// Whether nothing was carried out.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// A refusal.
    pub(crate) fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::Refused(Refusal {
            kind,
            message: message.into(),
        })
    }
}
