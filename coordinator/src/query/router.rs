//! Which worker answers for which shard, and what to do when it does not.
//!
//! A question that fails since a worker is gone or a shard has moved is asked again of the new
//! owner, until the deadline: the index stays the same, so does the answer.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, future::try_join_all, stream};
use tagma_core::{
    ErrorKind, LogIndex, NodeId, OneId, ShardEpoch, ShardId,
    catalog::{Catalog, codec},
    job::ShardPlan,
};
use tokio::time::{Instant, sleep, timeout_at};

use super::calls::{
    CollectedRows, CountAnswer, Leavers, Letters, MemberParts, MembersCall, PersonAnswer,
    RunTagsCall, ShardCalls, ShardRead,
};
use crate::{
    error::{Error, Result},
    raft::RaftNode,
};

/// Time for an answer, fail-over of a shard included.
const DEADLINE: Duration = Duration::from_secs(15);

/// Pause before a shard's new owner is looked up.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Asks workers.
#[derive(Clone)]
pub(crate) struct Router {
    raft: RaftNode,
    calls: Arc<dyn ShardCalls>,
}

/// A bound question at an index.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// The cluster's name.
    pub(crate) cluster_id: String,
    /// The index.
    pub(crate) index: LogIndex,
    plan: Bytes,
    tag_manifests: Vec<String>,
}

/// An owner of a shard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Owner {
    node: NodeId,
    address: String,
}

impl Question {
    /// A question by `plan`, whose tags are read at `index` of `catalog`.
    pub(crate) fn new(catalog: &Catalog, index: LogIndex, plan: &ShardPlan) -> Self {
        let manifests = plan.tags.iter().map(|slot| {
            let version = catalog.version_at(slot.name.as_str(), index);
            version
                .map(|published| published.manifest.key.clone())
                .unwrap_or_default()
        });
        Self {
            cluster_id: catalog.cluster_id().to_owned(),
            index,
            plan: codec::encode(plan).into(),
            tag_manifests: manifests.collect(),
        }
    }

    fn to(&self, shards: Vec<(ShardId, ShardEpoch)>) -> ShardRead {
        ShardRead {
            cluster_id: self.cluster_id.clone(),
            index: self.index,
            shards,
            plan: self.plan.clone(),
            tag_manifests: self.tag_manifests.clone(),
        }
    }
}

impl Router {
    pub(crate) fn new(raft: RaftNode, calls: Arc<dyn ShardCalls>) -> Self {
        Self { raft, calls }
    }

    /// Counts over all shards.
    ///
    /// # Errors
    /// Unavailable where a shard has no owner until the deadline, and the workers' own.
    pub(crate) async fn count(&self, question: &Question) -> Result<CountAnswer> {
        let deadline = Instant::now() + DEADLINE;
        let mut total = CountAnswer::default();
        let mut open: Vec<ShardId> = self.raft.catalog().shards.keys().copied().collect();
        while !open.is_empty() {
            let groups = self.by_owner(&open)?;
            let asked = groups.into_iter().map(|(owner, shards)| async move {
                let read = question.to(shards.clone());
                let answer = within(deadline, self.calls.count(&owner.address, read)).await;
                (shards, answer)
            });
            let answers = futures::future::join_all(asked).await;
            open.clear();
            for (shards, answer) in answers {
                match answer {
                    Ok(answer) => total.add(&answer),
                    Err(error) if may_move(&error) && Instant::now() < deadline => {
                        open.extend(shards.into_iter().map(|(shard, _)| shard));
                    }
                    Err(error) => return Err(error),
                }
            }
            if !open.is_empty() {
                sleep(RETRY_PAUSE).await;
            }
        }
        Ok(total)
    }

    /// Members of all shards in OneID order; a part that fails ends the stream with its error.
    pub(crate) fn members(
        &self,
        question: Question,
        with_slots: Vec<u32>,
        identifiers: Vec<String>,
        after: Option<OneId>,
    ) -> MemberParts {
        let shards: Vec<ShardId> = self.raft.catalog().shards.keys().copied().collect();
        let wanted = shards
            .into_iter()
            .filter(move |s| after.is_none_or(|a| *s >= a.shard()));
        let router = self.clone();
        let parts = stream::iter(wanted).then(move |shard| {
            let call = MembersCall {
                read: question.to(Vec::new()),
                with_slots: with_slots.clone(),
                identifiers: identifiers.clone(),
                after: after.filter(|a| a.shard() == shard),
            };
            router.clone().shard_members(shard, call)
        });
        parts.flatten().boxed()
    }

    /// Members of one shard; an error as the stream's only item.
    async fn shard_members(self, shard: ShardId, call: MembersCall) -> MemberParts {
        let opened = self.ask(shard, |address, epoch| {
            let (calls, mut call) = (self.calls.clone(), call.clone());
            call.read.shards = vec![(shard, epoch)];
            async move { calls.members(&address, call).await }
        });
        opened
            .await
            .unwrap_or_else(|error| stream::iter([Err(error)]).boxed())
    }

    /// One person's membership.
    ///
    /// # Errors
    /// As [`Router::count`].
    pub(crate) async fn person(&self, question: &Question, oneid: OneId) -> Result<PersonAnswer> {
        let shard = oneid.shard();
        self.ask(shard, |address, epoch| {
            let read = question.to(vec![(shard, epoch)]);
            let calls = self.calls.clone();
            async move { calls.person(&address, read, oneid).await }
        })
        .await
    }

    /// A person's identifiers; `None`: not alive at the index.
    ///
    /// # Errors
    /// As [`Router::count`].
    pub(crate) async fn identifiers(
        &self,
        catalog: &Catalog,
        index: LogIndex,
        oneid: OneId,
    ) -> Result<Option<Vec<(String, String)>>> {
        let shard = oneid.shard();
        if !catalog.shards.contains_key(&shard) {
            return Ok(None);
        }
        let cluster = catalog.cluster_id().to_owned();
        self.ask(shard, |address, epoch| {
            let (calls, cluster) = (self.calls.clone(), cluster.clone());
            async move {
                calls
                    .identifiers(&address, &cluster, index, (shard, epoch), oneid)
                    .await
            }
        })
        .await
    }

    /// Rows of people who leave their shard, read at `index`; of as many people, from the first
    /// one on, as fit into one landing.
    ///
    /// # Errors
    /// As [`Router::count`].
    pub(crate) async fn collect_rows(
        &self,
        catalog: &Catalog,
        index: LogIndex,
        leavers: &Leavers,
    ) -> Result<CollectedRows> {
        let shard = leavers.shard;
        let cluster = catalog.cluster_id().to_owned();
        self.ask(shard, |address, epoch| {
            let (calls, cluster) = (self.calls.clone(), cluster.clone());
            async move {
                calls
                    .collect_rows(&address, &cluster, index, epoch, leavers)
                    .await
            }
        })
        .await
    }

    /// Rows of one shard that went to no table, as an Arrow IPC stream, and whether there are more.
    ///
    /// # Errors
    /// As [`Router::count`].
    pub(crate) async fn dead_letters(
        &self,
        catalog: &Catalog,
        index: LogIndex,
        (shard, letters): (ShardId, &Letters),
    ) -> Result<(Bytes, bool)> {
        let cluster = catalog.cluster_id().to_owned();
        self.ask(shard, |address, epoch| {
            let (calls, cluster) = (self.calls.clone(), cluster.clone());
            async move {
                calls
                    .dead_letters(&address, &cluster, index, (shard, epoch), letters)
                    .await
            }
        })
        .await
    }

    /// A tag run over every shard: (shard, pack key, encoded result), ascending by shard.
    ///
    /// # Errors
    /// The first shard's failure; a shard that moves is run again by its new owner.
    pub(crate) async fn run_tags(
        &self,
        call: &(dyn Fn(ShardId, ShardEpoch) -> RunTagsCall + Sync),
    ) -> Result<Vec<(ShardId, String, Bytes)>> {
        let shards: Vec<ShardId> = self.raft.catalog().shards.keys().copied().collect();
        let runs = shards.into_iter().map(|shard| async move {
            let ran = self.run_shard(shard, call).await?;
            Ok::<_, Error>((shard, ran.0, ran.1))
        });
        try_join_all(runs).await
    }

    async fn run_shard(
        &self,
        shard: ShardId,
        call: &(dyn Fn(ShardId, ShardEpoch) -> RunTagsCall + Sync),
    ) -> Result<(String, Bytes)> {
        let mut homeless_until = Instant::now() + DEADLINE;
        loop {
            let failed = match self.owner(shard) {
                Ok((owner, epoch)) => {
                    match self
                        .calls
                        .run_tags(&owner.address, call(shard, epoch))
                        .await
                    {
                        Ok(done) => return Ok(done),
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            if !may_move(&failed) || Instant::now() >= homeless_until {
                return Err(failed);
            }
            homeless_until = homeless_until.max(Instant::now() + RETRY_PAUSE);
            sleep(RETRY_PAUSE).await;
        }
    }

    /// Asks a shard's owner, and its next owner where it has moved.
    async fn ask<T, F, R>(&self, shard: ShardId, question: F) -> Result<T>
    where
        F: Fn(String, ShardEpoch) -> R,
        R: Future<Output = Result<T>>,
    {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let answer = match self.owner(shard) {
                Ok((owner, epoch)) => within(deadline, question(owner.address, epoch)).await,
                Err(error) => Err(error),
            };
            match answer {
                Err(error) if may_move(&error) && Instant::now() < deadline => {
                    sleep(RETRY_PAUSE).await;
                }
                answer => return answer,
            }
        }
    }

    fn owner(&self, shard: ShardId) -> Result<(Owner, ShardEpoch)> {
        let catalog = self.raft.catalog();
        let homeless = || {
            let message = format!("shard {shard} has no worker: see `tagma cluster status`");
            Error::new(ErrorKind::Unavailable, message)
        };
        let assignment = catalog.shards.get(&shard).ok_or_else(homeless)?;
        let node = assignment.owner.ok_or_else(homeless)?;
        let worker = catalog.workers.get(&node).ok_or_else(homeless)?;
        Ok((
            Owner {
                node,
                address: worker.address.clone(),
            },
            assignment.epoch,
        ))
    }

    fn by_owner(&self, shards: &[ShardId]) -> Result<BTreeMap<Owner, Vec<(ShardId, ShardEpoch)>>> {
        let mut groups: BTreeMap<Owner, Vec<(ShardId, ShardEpoch)>> = BTreeMap::new();
        for shard in shards {
            let (owner, epoch) = self.owner(*shard)?;
            groups.entry(owner).or_default().push((*shard, epoch));
        }
        Ok(groups)
    }
}

impl CountAnswer {
    /// Adds another worker's counts; a value is unknown only where every worker says so.
    fn add(&mut self, other: &Self) {
        if self.counts.is_empty() {
            *self = other.clone();
            return;
        }
        self.population += other.population;
        for (sum, count) in self.counts.iter_mut().zip(&other.counts) {
            *sum += count;
        }
        self.warnings
            .retain(|warning| other.warnings.contains(warning));
    }
}

/// Whether another owner may answer, or the same one a moment later: a worker says NotFound of a
/// shard that it has not opened yet.
fn may_move(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unavailable | ErrorKind::Conflict | ErrorKind::Timeout | ErrorKind::NotFound
    )
}

async fn within<T>(deadline: Instant, call: impl Future<Output = Result<T>>) -> Result<T> {
    timeout_at(deadline, call).await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Unavailable,
            "no answer from a worker within the deadline",
        ))
    })
}
