//! Payloads of the calls between coordinators.

use serde::{Deserialize, Serialize};

use super::{LogIdForm, VoteForm};

/// A candidate and its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VoteRequestForm {
    /// The candidate.
    pub(crate) vote: VoteForm,
    /// End of its log.
    pub(crate) last: Option<LogIdForm>,
    /// Whether the leader gave up in its favour.
    #[serde(default)]
    pub(crate) transfer: bool,
}

/// The answer to a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VoteReplyForm {
    /// The receiver's vote.
    pub(crate) vote: VoteForm,
    /// Whether it is the candidate's.
    pub(crate) granted: bool,
    /// End of the receiver's log.
    pub(crate) last: Option<LogIdForm>,
}

/// What goes with entries; they travel beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppendForm {
    /// The leader.
    pub(crate) vote: VoteForm,
    /// The entry before the first.
    pub(crate) previous: Option<LogIdForm>,
    /// What is committed.
    pub(crate) committed: Option<LogIdForm>,
}

/// The answer to entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AppendReplyForm {
    /// All stored.
    Stored,
    /// Stored up to here.
    StoredTo(Option<LogIdForm>),
    /// The entry before the first is another one here.
    Conflict,
    /// Another leader is newer.
    NewerVote(VoteForm),
}

/// A leader that gives up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransferForm {
    /// The leader.
    pub(crate) from: VoteForm,
    /// Its successor.
    pub(crate) to: u64,
    /// End of its log.
    pub(crate) last: Option<LogIdForm>,
}
