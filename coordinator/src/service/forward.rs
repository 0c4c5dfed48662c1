//! Where a command must go: to this node, or to another one.

use crate::raft::RaftNode;

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leader {
    /// This node.
    Here,
    /// The node at this address.
    At(String),
    /// Nobody is known.
    Unknown,
}

/// Knows who leads.
#[derive(Clone)]
pub(crate) struct LeaderService {
    raft: RaftNode,
}

impl LeaderService {
    pub(crate) fn new(raft: RaftNode) -> Self {
        Self { raft }
    }

    /// Who leads now.
    pub(crate) fn leader(&self) -> Leader {
        leader(&self.raft)
    }
}

fn leader(raft: &RaftNode) -> Leader {
    let now = raft.leadership().borrow().clone();
    match (now.is_leader, now.leader) {
        (true, _) => Leader::Here,
        (false, Some((_, address))) if !address.is_empty() => Leader::At(address),
        (false, _) => Leader::Unknown,
    }
}
