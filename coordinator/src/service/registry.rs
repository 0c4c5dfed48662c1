//! The workers' line home: who they are, what they have applied, what they own.

use std::time::Duration;

use tagma_core::{
    ErrorKind, LogIndex, NodeId, ShardEpoch, ShardId,
    catalog::{Command, CommitManifest, Outcome},
};

use super::{Context, propose_accepted};
use crate::{
    error::{Error, Result},
    served::Progress,
};

/// Registration, heartbeats, manifests.
#[derive(Clone)]
pub(crate) struct RegistryService {
    context: Context,
}

/// What a worker owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ownership {
    /// The catalog's index of this answer.
    pub(crate) applied: LogIndex,
    /// Oldest index that must stay readable.
    pub(crate) oldest_kept: LogIndex,
    /// For how long no leader has been heard of here; `None`: never heard of one.
    pub(crate) leader_silence: Option<Duration>,
    /// (shard, epoch, key of the manifest, its flushed index).
    pub(crate) owned: Vec<(ShardId, ShardEpoch, Option<String>, LogIndex)>,
}

impl RegistryService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// Gives a worker its number; answers it with the cluster's name.
    ///
    /// # Errors
    /// Those of proposing.
    pub(crate) async fn register(&self, name: String, address: String) -> Result<(NodeId, String)> {
        let cluster = self.context.cluster()?;
        let catalog = self.context.catalog();
        let known = catalog
            .workers
            .iter()
            .find(|(_, w)| w.name == name && w.address == address);
        if let Some((id, _)) = known {
            return Ok((*id, cluster.cluster_id));
        }
        let command = Command::RegisterWorker { name, address };
        let applied = propose_accepted(&self.context.raft, command, None).await?;
        match applied.outcome {
            Outcome::Worker(id) => Ok((id, cluster.cluster_id)),
            _ => Err(Error::new(
                ErrorKind::Internal,
                "odd outcome of a registration",
            )),
        }
    }

    /// Takes a worker's report, answers what it owns.
    ///
    /// # Errors
    /// NotFound for a number that was not given, Invalid for another cluster.
    pub(crate) fn heartbeat(
        &self,
        cluster_id: &str,
        node: NodeId,
        shards: Vec<(ShardId, Progress)>,
    ) -> Result<Ownership> {
        self.check_cluster(cluster_id)?;
        let catalog = self.context.catalog();
        if !catalog.workers.contains_key(&node) {
            let message = format!("worker {node} is not registered here yet");
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        self.context.served.report(node, shards, &catalog);
        let owned = catalog.shards.iter().filter(|(_, a)| a.owner == Some(node));
        let owned = owned.map(|(shard, assignment)| {
            let manifest = assignment.manifest.as_ref();
            let key = manifest.map(|m| m.object.key.clone());
            let flushed = manifest.map_or(LogIndex::ZERO, |m| m.flushed);
            (*shard, assignment.epoch, key, flushed)
        });
        Ok(Ownership {
            applied: catalog.applied,
            oldest_kept: catalog.oldest_kept(),
            leader_silence: self.context.raft.leader_silence(),
            owned: owned.collect(),
        })
    }

    /// Replaces a shard's manifest; answers the entry's index.
    ///
    /// # Errors
    /// Conflict for an old epoch or another base, and those of proposing.
    pub(crate) async fn commit_manifest(
        &self,
        cluster_id: &str,
        commit: CommitManifest,
    ) -> Result<LogIndex> {
        self.check_cluster(cluster_id)?;
        let command = Command::CommitManifest(commit);
        Ok(propose_accepted(&self.context.raft, command, None)
            .await?
            .index)
    }

    fn check_cluster(&self, cluster_id: &str) -> Result<()> {
        let cluster = self.context.cluster()?;
        if cluster.cluster_id == cluster_id {
            return Ok(());
        }
        let message = format!("this is cluster {}, not {cluster_id}", cluster.cluster_id);
        Err(Error::new(ErrorKind::Invalid, message))
    }
}
