//! Signs of life between coordinators: how long ago a leader was heard of, and who answers it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use openraft::Instant as _;
use openraft::async_runtime::WatchReceiver;

use super::handle::RaftNode;

impl RaftNode {
    /// For how long this node has heard of no live leader; `None`: it never has. A follower
    /// counts from the leader's last message; a leader from the call that a quorum answered last,
    /// and not at all where it is the only voter.
    pub fn leader_silence(&self) -> Option<Duration> {
        let heard = self.heard().silence(Instant::now());
        let metrics = self.raft().metrics();
        let metrics = metrics.borrow_watched();
        if metrics.state.is_leader() && metrics.membership_config.voter_ids().count() == 1 {
            return Some(Duration::ZERO);
        }
        let answered = metrics.last_quorum_acked.map(|at| at.elapsed());
        [heard, answered].into_iter().flatten().min()
    }

    /// For how long each voter has not answered the leader; empty where this node does not lead.
    /// This node is not among them.
    pub fn voters_silence(&self) -> BTreeMap<u64, Option<Duration>> {
        let metrics = self.raft().metrics();
        let metrics = metrics.borrow_watched();
        let answers = metrics.heartbeat.iter().flatten();
        let others = answers.filter(|(id, _)| **id != metrics.id);
        let silence = others.map(|(id, at)| (*id, at.as_ref().map(|at| at.elapsed())));
        silence.collect()
    }
}
