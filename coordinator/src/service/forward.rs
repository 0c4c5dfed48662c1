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

/// Who leads now.
pub(crate) fn leader(raft: &RaftNode) -> Leader {
    let now = raft.leadership().borrow().clone();
    match (now.is_leader, now.leader) {
        (true, _) => Leader::Here,
        (false, Some((_, address))) if !address.is_empty() => Leader::At(address),
        (false, _) => Leader::Unknown,
    }
}
