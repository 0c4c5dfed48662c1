//! The one way in: stamps, retries, dispatch.

use super::super::{
    command::{Command, CreateCluster, Entry},
    outcome::Outcome,
    state::{Assignment, Catalog, ClusterInfo, PeopleCounters},
};
use crate::{
    error::ErrorKind,
    id::{LogIndex, ShardId, Term},
    limits::SHARDS_MAX,
};

/// Microseconds for which the outcome of a request is remembered.
const REQUEST_MEMORY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

impl Catalog {
    /// Carries out one entry. Total: nonsense is refused and changes nothing but the position.
    pub fn apply(&mut self, index: LogIndex, term: Term, entry: &Entry) -> Outcome {
        self.pass(index, term);
        self.stamp = self.stamp.max(entry.stamp);
        self.stamps.insert(index, self.stamp);
        if let Some(known) = entry.request.as_ref().and_then(|id| self.requests.get(id)) {
            return known.1.clone();
        }
        let outcome = self.carry_out(index, &entry.command);
        // A refusal has changed nothing: the same request may be judged anew.
        if let Some(id) = entry.request.as_ref().filter(|_| !outcome.is_refusal()) {
            self.remember(id.clone(), &outcome);
        }
        outcome
    }

    /// Moves past an entry that says nothing to the catalog (blank, membership).
    pub fn pass(&mut self, index: LogIndex, term: Term) {
        self.applied = index;
        self.term = term;
    }

    fn carry_out(&mut self, index: LogIndex, command: &Command) -> Outcome {
        if let Command::CreateCluster(create) = command {
            return self.create_cluster(create);
        }
        if self.cluster.is_none() {
            return Outcome::refused(ErrorKind::Unavailable, "the cluster has not been created");
        }
        match command {
            Command::CreateCluster(_) | Command::Barrier => Outcome::Done,
            Command::RegisterWorker { name, address } => self.register_worker(name, address),
            Command::AssignShards { owners } => self.assign_shards(index, owners),
            Command::Batch(batch) => self.take_batch(index, batch),
            Command::ChangePeople(change) => self.change_people(index, change),
            Command::Apply(documents) => self.define(index, documents),
            Command::DeleteSegment { name } => self.delete_segment(index, name),
            Command::OpenProducer { name } => self.open_producer(name),
            Command::OpenLoad(open) => self.open_load(open),
            Command::CloseLoad {
                producer,
                epoch,
                sequences,
            } => self.close_load(*producer, *epoch, *sequences),
            Command::CommitManifest(commit) => self.commit_manifest(commit),
            Command::CommitCheckpoint { checkpoint } => self.commit_checkpoint(checkpoint),
            Command::OpenJob { tags, as_of } => self.open_job(index, tags, *as_of),
            Command::PublishTags(publish) => self.publish(index, publish),
            Command::FailJob { job, reason } => self.fail_job(*job, reason),
            Command::RollbackTag { name, version } => self.roll_back(index, name, *version),
            Command::AdvanceFloor { to } => self.advance_floor(*to),
            Command::Pin {
                index,
                owner,
                expires_at,
            } => self.pin(*index, owner, *expires_at),
            Command::Unpin { pin } => self.unpin(*pin),
        }
    }

    fn create_cluster(&mut self, create: &CreateCluster) -> Outcome {
        if self.cluster.is_some() {
            return Outcome::refused(ErrorKind::AlreadyExists, "the cluster exists");
        }
        if create.shard_count == 0 || create.shard_count > SHARDS_MAX {
            let message = format!(
                "{} shards: 1 to {SHARDS_MAX} are possible",
                create.shard_count
            );
            return Outcome::refused(ErrorKind::Invalid, message);
        }
        self.cluster = Some(ClusterInfo {
            cluster_id: create.cluster_id.clone(),
            shard_count: create.shard_count,
            key_fingerprint: create.key_fingerprint.clone(),
            zone: create.zone.clone(),
        });
        self.people = PeopleCounters {
            created: 0,
            next_ordinal: std::iter::repeat_n(0, create.shard_count.into()).collect(),
        };
        for shard in ShardId::all(create.shard_count) {
            self.shards.insert(shard, Assignment::default());
        }
        Outcome::Done
    }

    fn remember(&mut self, id: super::super::RequestId, outcome: &Outcome) {
        let oldest = self.stamp - REQUEST_MEMORY_MICROS;
        if self.requests.len() >= 1024 {
            self.requests = self
                .requests
                .iter()
                .filter(|(_, (stamp, _))| *stamp >= oldest)
                .map(|(id, known)| (id.clone(), known.clone()))
                .collect();
        }
        self.requests.insert(id, (self.stamp, outcome.clone()));
    }
}
