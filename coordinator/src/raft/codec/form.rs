//! Stored and sent forms of votes, log ids and memberships.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Error, Result};
use crate::raft::types::{LogId, Membership, Peer, Vote, log_id};

/// Term and index of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogIdForm {
    /// Term of its leader.
    term: u64,
    /// Position.
    index: u64,
}

impl From<LogId> for LogIdForm {
    fn from(id: LogId) -> Self {
        Self {
            term: id.leader_id.term,
            index: id.index,
        }
    }
}

impl From<LogIdForm> for LogId {
    fn from(form: LogIdForm) -> Self {
        log_id(form.term, form.index)
    }
}

/// A vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VoteForm {
    /// Term voted in.
    term: u64,
    /// The candidate.
    node: u64,
    /// Whether a quorum voted the same.
    committed: bool,
}

impl From<Vote> for VoteForm {
    fn from(vote: Vote) -> Self {
        Self {
            term: vote.leader_id.term,
            node: vote.leader_id.voted_for,
            committed: vote.committed,
        }
    }
}

impl From<VoteForm> for Vote {
    fn from(form: VoteForm) -> Self {
        if form.committed {
            Self::new_committed(form.term, form.node)
        } else {
            Self::new(form.term, form.node)
        }
    }
}

/// Who votes and who listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MembershipForm {
    /// One set of voters; two while it changes.
    voters: Vec<BTreeSet<u64>>,
    /// Address of every node.
    nodes: BTreeMap<u64, String>,
}

impl From<&Membership> for MembershipForm {
    fn from(membership: &Membership) -> Self {
        let nodes = membership
            .nodes()
            .map(|(id, peer)| (*id, peer.address.clone()));
        Self {
            voters: membership.get_joint_config().clone(),
            nodes: nodes.collect(),
        }
    }
}

impl MembershipForm {
    /// The membership.
    ///
    /// # Errors
    /// Damaged if it is none: a set without voters, a voter without address.
    pub(crate) fn into_membership(self) -> Result<Membership> {
        let nodes = self
            .nodes
            .into_iter()
            .map(|(id, address)| (id, Peer { address }));
        Membership::new(self.voters, nodes.collect::<BTreeMap<_, _>>())
            .map_err(|error| Error::damaged(format!("no membership: {error}")))
    }
}
