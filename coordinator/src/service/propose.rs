//! Proposing a command: stamped, and its refusal as an error.

use tagma_core::{
    Term,
    catalog::{Command, Entry, Outcome, RequestId},
};

use crate::{
    clock::now_micros,
    error::{Error, Result},
    raft::{Applied, ProposeError, RaftNode},
};

/// Proposes a command, bound to a term where the proposer acts for it.
///
/// # Errors
/// NotLeader, Conflict for a changed term, Timeout where the outcome is unknown.
pub(crate) async fn propose(
    raft: &RaftNode,
    command: Command,
    request: Option<RequestId>,
    term: Option<Term>,
) -> Result<Applied> {
    let stamp = now_micros().max(raft.catalog().stamp);
    let entry = Entry {
        stamp,
        request,
        command,
    };
    raft.propose(&entry, term).await.map_err(Error::from)
}

/// Proposes a command; a refusal by `apply` is an error too.
///
/// # Errors
/// As [`propose`], and the refusal's kind.
pub(crate) async fn propose_accepted(
    raft: &RaftNode,
    command: Command,
    request: Option<RequestId>,
) -> Result<Applied> {
    let applied = propose(raft, command, request, None).await?;
    match applied.outcome {
        Outcome::Refused(refusal) => Err(refusal.into()),
        _ => Ok(applied),
    }
}

impl From<ProposeError> for Error {
    fn from(error: ProposeError) -> Self {
        match error {
            ProposeError::NotLeader { leader } | ProposeError::TermChanged { leader, .. } => {
                Self::not_leader(leader)
            }
            other => Self::wrap(other.kind(), &other),
        }
    }
}

#[cfg(test)]
mod tests {
    use tagma_core::ErrorKind;

    use super::*;

    #[test]
    fn a_changed_term_sends_the_caller_to_the_new_leader() {
        let leader = Some("http://b".to_owned());
        let changed = ProposeError::TermChanged {
            bound_to: Term(3),
            leader,
        };
        let error = Error::from(changed);
        assert_eq!(
            (error.kind(), error.leader()),
            (ErrorKind::NotLeader, Some("http://b"))
        );
    }
}
