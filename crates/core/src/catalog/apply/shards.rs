//! Workers, owners, manifests: nothing of an old epoch is taken.

use super::super::{
    command::CommitManifest,
    objects::CheckpointRef,
    outcome::Outcome,
    state::{Catalog, Worker},
};
use crate::{
    error::ErrorKind,
    id::{LogIndex, NodeId, ShardEpoch, ShardId},
};

impl Catalog {
    pub(super) fn register_worker(&mut self, name: &str, address: &str) -> Outcome {
        let known = self
            .workers
            .iter()
            .find(|(_, w)| w.name == name)
            .map(|(id, _)| *id);
        let id = known.unwrap_or(NodeId(self.workers.len() as u64 + 1));
        let worker = Worker {
            name: name.to_owned(),
            address: address.to_owned(),
        };
        self.workers.insert(id, worker);
        Outcome::Worker(id)
    }

    pub(super) fn assign_shards(
        &mut self,
        index: LogIndex,
        owners: &[(ShardId, NodeId, ShardEpoch)],
    ) -> Outcome {
        for (shard, owner, seen) in owners {
            let known = self.workers.contains_key(owner);
            let Some(assignment) = self.shards.get_mut(shard) else {
                continue;
            };
            if known && assignment.epoch == *seen {
                assignment.owner = Some(*owner);
                assignment.epoch = ShardEpoch(seen.0 + 1);
                assignment.since = index;
            }
        }
        Outcome::Done
    }

    pub(super) fn commit_manifest(&mut self, commit: &CommitManifest) -> Outcome {
        let Some(assignment) = self.shards.get_mut(&commit.shard) else {
            let message = format!("there is no shard {}", commit.shard);
            return Outcome::refused(ErrorKind::NotFound, message);
        };
        if assignment.epoch != commit.epoch {
            let message = format!(
                "shard {} is at epoch {}, the manifest comes from epoch {}",
                commit.shard, assignment.epoch, commit.epoch
            );
            return Outcome::refused(ErrorKind::Conflict, message);
        }
        let base = assignment.manifest.as_ref().map(|m| &m.object.key);
        if base != commit.base.as_ref() {
            let message = format!("shard {} has another manifest than the base", commit.shard);
            return Outcome::refused(ErrorKind::Conflict, message);
        }
        let before = assignment
            .manifest
            .as_ref()
            .map_or(LogIndex::ZERO, |m| m.flushed);
        if commit.manifest.flushed < before || commit.manifest.flushed > self.applied {
            let message = format!(
                "shard {} is flushed to {before}, not back or ahead to {}",
                commit.shard, commit.manifest.flushed
            );
            return Outcome::refused(ErrorKind::Invalid, message);
        }
        assignment.manifest = Some(commit.manifest.clone());
        self.trim_journal();
        Outcome::Done
    }

    pub(super) fn commit_checkpoint(&mut self, checkpoint: &CheckpointRef) -> Outcome {
        let before = self.checkpoint.as_ref().map_or(LogIndex::ZERO, |c| c.index);
        if checkpoint.index <= before || checkpoint.index > self.applied {
            let message = format!("an identity checkpoint at {before} stands already");
            return Outcome::refused(ErrorKind::Conflict, message);
        }
        self.checkpoint = Some(checkpoint.clone());
        self.trim_journal();
        Outcome::Done
    }
}
