//! Proposals: into the log, in order, with an outcome that is known, refused, or unknown.

use openraft::errors::{ClientWriteError, ForwardReason, ForwardToLeader};
use openraft::impls::ProgressResponder;
use openraft::raft::{ClientWriteResponse, ClientWriteResult};
use openraft::vote::leader_id_std::CommittedLeaderId;
use tagma_core::catalog::{Entry, Outcome};
use tagma_core::limits::CATALOG_ENTRY_BYTES_MAX;
use tagma_core::{ErrorKind, LogIndex, Term};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::handle::RaftNode;
use crate::raft::error::chain;
use crate::raft::types::{EntryBytes, TypeConfig};

/// An entry that is committed and applied on the leader.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// Its position.
    pub index: LogIndex,
    /// What it led to; a refusal by the catalog is an outcome too.
    pub outcome: Outcome,
}

/// Why a proposal has no outcome. All but [`ProposeError::Unknown`] are definite: the entry is not
/// in the log and never will be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// The entry is too large.
    #[error("an entry of {bytes} bytes: at most {CATALOG_ENTRY_BYTES_MAX} are possible")]
    TooLarge {
        /// Its encoded size.
        bytes: usize,
    },
    /// This node does not lead.
    #[error("this node does not lead")]
    NotLeader {
        /// The leader's address, if known.
        leader: Option<String>,
    },
    /// The leadership that the proposal was bound to is over.
    #[error("this node no longer leads in term {bound_to}")]
    TermChanged {
        /// The term it was bound to.
        bound_to: Term,
        /// The leader's address, if known.
        leader: Option<String>,
    },
    /// This node leads, but has not heard of a quorum lately.
    #[error("the leader cannot reach a quorum")]
    NoQuorum,
    /// The queue of proposals did not move in time.
    #[error("too many proposals are waiting")]
    Busy,
    /// The consensus has stopped.
    #[error("consensus has stopped: {reason}")]
    Stopped {
        /// Why.
        reason: String,
    },
    /// The entry may or may not be, or become, part of the log.
    #[error("the outcome is unknown: {reason}")]
    Unknown {
        /// What happened.
        reason: String,
    },
}

impl ProposeError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge { .. } => ErrorKind::Invalid,
            Self::NotLeader { .. } => ErrorKind::NotLeader,
            Self::TermChanged { .. } => ErrorKind::Conflict,
            Self::NoQuorum | Self::Stopped { .. } => ErrorKind::Unavailable,
            Self::Busy => ErrorKind::Exhausted,
            Self::Unknown { .. } => ErrorKind::Timeout,
        }
    }
}

/// A proposal on its way.
#[derive(Debug)]
#[must_use = "without its outcome, nothing is known of the proposal"]
pub struct Submitted {
    result: oneshot::Receiver<ClientWriteResult<TypeConfig>>,
    bound_to: Option<Term>,
    deadline: Instant,
}

impl Submitted {
    /// Waits until the entry is applied on this node, or refused, or the time is over.
    ///
    /// # Errors
    /// See [`ProposeError`]. Dropping the future does not take the proposal back.
    pub async fn outcome(self) -> Result<Applied, ProposeError> {
        let unknown = |reason: &str| ProposeError::Unknown {
            reason: reason.into(),
        };
        let result = timeout_at(self.deadline, self.result)
            .await
            .map_err(|_| unknown("no quorum has answered in time"))?
            .map_err(|_| unknown("consensus stopped with the entry under way"))?;
        match result {
            Ok(response) => applied(response),
            Err(error) => Err(refused(error, self.bound_to)),
        }
    }
}

fn applied(response: ClientWriteResponse<TypeConfig>) -> Result<Applied, ProposeError> {
    let index = LogIndex(response.log_id.index);
    match response.data.0 {
        Some(outcome) => Ok(Applied { index, outcome }),
        // The state machine gives an outcome to every command.
        None => Err(ProposeError::Unknown {
            reason: format!("entry {index} has no outcome"),
        }),
    }
}

fn refused(error: ClientWriteError<TypeConfig>, bound_to: Option<Term>) -> ProposeError {
    match error {
        ClientWriteError::ForwardToLeader(forward) => not_leading(forward, bound_to),
        other => ProposeError::Unknown {
            reason: chain(&other),
        },
    }
}

fn not_leading(forward: ForwardToLeader<TypeConfig>, bound_to: Option<Term>) -> ProposeError {
    let leader = forward.leader_node.map(|peer| peer.address);
    match (forward.reason, bound_to) {
        (ForwardReason::LeaseExpired, _) => ProposeError::NoQuorum,
        (ForwardReason::NotLeader, Some(bound_to)) => {
            ProposeError::TermChanged { bound_to, leader }
        }
        _ => ProposeError::NotLeader { leader },
    }
}

impl RaftNode {
    /// Proposes an entry and waits for its outcome: [`RaftNode::submit`], then
    /// [`Submitted::outcome`].
    ///
    /// # Errors
    /// See [`ProposeError`].
    pub async fn propose(
        &self,
        entry: &Entry,
        bound_to: Option<Term>,
    ) -> Result<Applied, ProposeError> {
        self.submit(entry, bound_to).await?.outcome().await
    }

    /// Queues an entry for the log. Entries of one task that awaits each `submit` get into the log
    /// in that order; any number may be under way. With `bound_to`, it is refused unless this node
    /// still leads in that very term.
    ///
    /// # Errors
    /// `TooLarge`, `Busy`, `Stopped`: nothing was queued.
    pub async fn submit(
        &self,
        entry: &Entry,
        bound_to: Option<Term>,
    ) -> Result<Submitted, ProposeError> {
        let command = EntryBytes::encode(entry);
        let bytes = command.as_slice().len();
        if bytes > CATALOG_ENTRY_BYTES_MAX {
            return Err(ProposeError::TooLarge { bytes });
        }
        let deadline = Instant::now() + self.settings().propose_timeout;
        let (responder, result) = ProgressResponder::complete_only();
        let mut request = self.raft().write(command).responder(responder);
        if let Some(Term(term)) = bound_to {
            request = request.with_leader(CommittedLeaderId::new(term));
        }
        timeout_at(deadline, request)
            .await
            .map_err(|_| ProposeError::Busy)?
            .map_err(|fatal| ProposeError::Stopped {
                reason: chain(&fatal),
            })?;
        Ok(Submitted {
            result,
            bound_to,
            deadline,
        })
    }
}
