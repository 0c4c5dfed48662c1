//! Linearizable reads: an index that is at least as new as everything acknowledged before.

use std::future::Future;
use std::time::Duration;

use openraft::ReadPolicy;
use openraft::errors::{LinearizableReadError, RaftError};
use tagma_core::LogIndex;
use tokio::time::timeout;

use super::handle::RaftNode;
use crate::raft::error::{Error, Result, chain};
use crate::raft::types::TypeConfig;

impl RaftNode {
    /// Confirms with a quorum who leads, and returns once everything acknowledged before the call
    /// is applied here. A follower asks the leader. Never relies on clocks or leases: a node that
    /// was stopped for a while does not answer from its past.
    ///
    /// # Errors
    /// `NotLeader` if no leader is known, `NoQuorum` if none was confirmed in time.
    pub async fn read_index(&self) -> Result<LogIndex> {
        let time = self.settings().propose_timeout;
        let index = if self.leadership().borrow().is_leader {
            within(time, "confirming leadership", self.own_read_index()).await?
        } else {
            within(
                time,
                "asking the leader for a read index",
                self.leaders_read_index(),
            )
            .await?
        };
        within(time, "applying up to the read index", self.reach(index)).await?;
        Ok(index)
    }

    async fn own_read_index(&self) -> Result<LogIndex> {
        let read = self.raft().get_read_linearizer(ReadPolicy::ReadIndex).await;
        match read {
            Ok(read) => Ok(LogIndex(read.read_log_id().index())),
            Err(error) => Err(unconfirmed(error)),
        }
    }

    async fn leaders_read_index(&self) -> Result<LogIndex> {
        let leader = self.leadership().borrow().leader.clone();
        let (node, address) = leader.ok_or(Error::NotLeader { leader: None })?;
        self.peers().read_index(node, address).await
    }

    /// Waits until an index is applied here.
    async fn reach(&self, index: LogIndex) -> Result<()> {
        let mut applied = self.applied();
        let reached = applied.wait_for(|applied| *applied >= index).await;
        reached.map(drop).map_err(|_| Error::Stopped {
            reason: "state machine ended".into(),
        })
    }
}

async fn within<T>(time: Duration, what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Error::NoQuorum { what: what.into() };
    timeout(time, work).await.map_err(late)?
}

fn unconfirmed(error: RaftError<TypeConfig, LinearizableReadError<TypeConfig>>) -> Error {
    match error {
        RaftError::APIError(LinearizableReadError::ForwardToLeader(forward)) => Error::NotLeader {
            leader: forward.leader_node.map(|peer| peer.address),
        },
        RaftError::APIError(other) => Error::NoQuorum {
            what: chain(&other),
        },
        RaftError::Fatal(fatal) => Error::Stopped {
            reason: chain(&fatal),
        },
    }
}
