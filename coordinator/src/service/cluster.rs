//! The cluster as SREs see it.

use std::time::Duration;

use tagma_core::{LogIndex, ShardId, catalog::RuleCounts};

use super::Context;
use crate::error::Result;

/// Silence after which a coordinator counts as gone.
const COORDINATOR_SILENCE: Duration = Duration::from_secs(2);

/// Status of the cluster.
#[derive(Clone)]
pub(crate) struct ClusterService {
    context: Context,
}

/// What a node's role is called where it is a coordinator.
pub(crate) const COORDINATOR: &str = "coordinator";

/// Nodes, shards, indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClusterStatus {
    pub(crate) cluster_id: String,
    pub(crate) zone: String,
    pub(crate) applied: LogIndex,
    pub(crate) served: LogIndex,
    pub(crate) floor: LogIndex,
    pub(crate) term: u64,
    pub(crate) leader: Option<(u64, String)>,
    pub(crate) node: u64,
    pub(crate) nodes: Vec<NodeStatus>,
    pub(crate) shards: Vec<ShardStatus>,
    pub(crate) people_created: u64,
    /// Merges whose rows have not moved yet.
    pub(crate) pending_merges: u64,
    /// Unmerges whose rows have not all come back yet.
    pub(crate) pending_unmerges: u64,
    pub(crate) rules: RuleCounts,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeStatus {
    pub(crate) id: u64,
    pub(crate) role: &'static str,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) alive: bool,
}

/// A shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShardStatus {
    pub(crate) shard: ShardId,
    pub(crate) owner: Option<u64>,
    pub(crate) epoch: u64,
    pub(crate) applied: LogIndex,
    pub(crate) flushed: LogIndex,
    pub(crate) people: u64,
    /// Why it stands still.
    pub(crate) stopped: Option<String>,
}

impl ClusterService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// The cluster as this node sees it.
    ///
    /// # Errors
    /// Unavailable before the cluster has been created.
    pub(crate) fn status(&self) -> Result<ClusterStatus> {
        let cluster = self.context.cluster()?;
        let catalog = self.context.catalog();
        let leadership = self.context.raft.leadership().borrow().clone();
        let served = *self.context.served.watch().borrow();
        Ok(ClusterStatus {
            cluster_id: cluster.cluster_id,
            zone: cluster.zone,
            applied: catalog.applied,
            served,
            floor: catalog.floor,
            term: leadership.term.0,
            leader: leadership.leader,
            node: self.context.node,
            nodes: self.nodes(),
            shards: self.shards(),
            people_created: catalog.people.created,
            pending_merges: catalog.pending_merges.len() as u64,
            pending_unmerges: catalog.pending_unmerges.len() as u64,
            rules: catalog.rules,
        })
    }

    fn nodes(&self) -> Vec<NodeStatus> {
        let members = &self.context.raft.settings().members;
        let coordinators = members.iter().map(|(id, address)| NodeStatus {
            id: *id,
            role: COORDINATOR,
            name: format!("coordinator-{id}"),
            address: address.clone(),
            alive: self.is_alive(*id),
        });
        let live = self.context.served.live_workers();
        let catalog = self.context.catalog();
        let workers = catalog.workers.iter().map(|(id, worker)| NodeStatus {
            id: id.0,
            role: "worker",
            name: worker.name.clone(),
            address: worker.address.clone(),
            alive: live.contains(id),
        });
        coordinators.chain(workers).collect()
    }

    /// Whether this node has heard of a coordinator lately. A follower hears the leader alone.
    fn is_alive(&self, id: u64) -> bool {
        if id == self.context.node {
            return true;
        }
        let leadership = self.context.raft.leadership().borrow().clone();
        let leads = leadership.leader.is_some_and(|(leader, _)| leader == id);
        let silence = match leads {
            true => self.context.raft.leader_silence(),
            false => self.context.raft.voters_silence().remove(&id).flatten(),
        };
        silence.is_some_and(|silence| silence < COORDINATOR_SILENCE)
    }

    fn shards(&self) -> Vec<ShardStatus> {
        let catalog = self.context.catalog();
        let shards = catalog.shards.iter().map(|(shard, assignment)| {
            let progress = self.context.served.progress(*shard);
            let current = progress.filter(|p| p.epoch == assignment.epoch);
            let slot = usize::from(shard.get()) - 1;
            ShardStatus {
                shard: *shard,
                owner: assignment.owner.map(|owner| owner.0),
                epoch: assignment.epoch.0,
                applied: current.as_ref().map_or(LogIndex::ZERO, |p| p.applied),
                flushed: catalog.flushed(*shard),
                people: catalog
                    .people
                    .next_ordinal
                    .get(slot)
                    .copied()
                    .unwrap_or(0)
                    .into(),
                stopped: current.and_then(|p| p.stopped),
            }
        });
        shards.collect()
    }
}
