//! Questions over shards: count, members, one person, one person's identifiers.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::join_all;
use tagma_core::catalog::codec;
use tagma_core::job::ShardPlan;
use tagma_core::{OneId, ShardEpoch, ShardId};

use super::Service;
use super::admission::Address;
use super::error::{Error, Result};
use crate::exec::{
    self, Collect, Counts, FoundLetters, IdentityReader, Letters, MemberStream, MembersOf, Moving,
    PersonAnswer, Target,
};

/// A plan over shards.
#[derive(Debug, Clone)]
pub struct Read {
    /// Cluster, index, deadline.
    pub address: Address,
    /// Shards and the epochs that the caller knows.
    pub shards: Vec<(ShardId, ShardEpoch)>,
    /// [`ShardPlan`] as bytes of the core's codec.
    pub plan: Bytes,
    /// Per tag slot of the plan its manifest object; empty: never published.
    pub tag_manifests: Vec<String>,
}

/// A person's identifiers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentifiersAnswer {
    /// Whether the person is alive at the index.
    pub alive: bool,
    /// (type, value), by type, then latest first.
    pub identifiers: Vec<(String, String)>,
}

impl Service {
    /// Counts the people of cumulative predicates.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn count(&self, read: Read) -> Result<Counts> {
        let targets = self.targets(&read).await?;
        Ok(exec::count(&self.pool, &targets).await?)
    }

    /// Streams the members of one shard.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn members(&self, read: Read, of: MembersOf) -> Result<MemberStream> {
        let target = self.one_target(&read).await?;
        let pool = Arc::clone(&self.pool);
        Ok(exec::members(pool, self.threads.sql().reader(), target, of).await?)
    }

    /// Asks about one person.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn person(&self, read: Read, person: OneId) -> Result<PersonAnswer> {
        let target = self.one_target(&read).await?;
        check_shard(target.snapshot().shard, person)?;
        let answer = self
            .pool
            .run_one(move || exec::person(&target, person))
            .await;
        Ok(answer.map_err(exec::Error::from)??)
    }

    /// The identifiers of one person.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn identifiers(
        &self,
        address: Address,
        shard: (ShardId, ShardEpoch),
        person: OneId,
    ) -> Result<IdentifiersAnswer> {
        check_shard(shard.0, person)?;
        let snapshot = self.admit(&address, shard).await?;
        let alive = snapshot
            .state
            .people
            .at(snapshot.index)
            .map_err(exec::Error::from)?;
        if !alive.contains(person.ordinal()) {
            return Ok(IdentifiersAnswer::default());
        }
        let (oneid, blocks) = (person.get(), self.threads.sql().reader());
        let reader = IdentityReader::open(&snapshot, blocks, oneid..oneid + 1).await;
        let mut reader = reader.map_err(exec::Error::from)?;
        let mut people = reader.through(oneid).await.map_err(exec::Error::from)?;
        Ok(IdentifiersAnswer {
            alive: true,
            identifiers: people.remove(&oneid).unwrap_or_default(),
        })
    }

    /// The rows of people who leave the shard.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn collect_rows(
        &self,
        address: Address,
        shard: (ShardId, ShardEpoch),
        collect: Collect,
    ) -> Result<Moving> {
        let leavers = &collect.leavers;
        if !leavers.is_sorted_by(|a, b| a.person < b.person) {
            return Err(Error::Request("people are not in ascending order"));
        }
        for leaver in leavers {
            check_shard(shard.0, leaver.person)?;
        }
        let snapshot = self.admit(&address, shard).await?;
        let blocks = self.threads.sql().reader();
        let moving = exec::collect_rows(&snapshot, blocks, &collect).await;
        Ok(moving.map_err(exec::Error::from)?)
    }

    /// Rows of one shard that went to no table; see [`exec::dead_letters`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn dead_letters(
        &self,
        address: Address,
        shard: (ShardId, ShardEpoch),
        letters: Letters,
    ) -> Result<FoundLetters> {
        let snapshot = self.admit(&address, shard).await?;
        let blocks = self.threads.sql().reader();
        let found = exec::dead_letters(&snapshot, blocks, &letters).await;
        Ok(found.map_err(exec::Error::from)?)
    }

    async fn targets(&self, read: &Read) -> Result<Vec<Arc<Target>>> {
        let plan: ShardPlan = codec::decode(&read.plan, "shard plan").map_err(exec::Error::from)?;
        if plan.predicates.is_empty() {
            return Err(Error::Request("the plan has no predicate"));
        }
        let plan = Arc::new(plan);
        let targets = read
            .shards
            .iter()
            .map(|shard| self.target(read, &plan, *shard));
        // All at once; the error told is that of the first shard in order.
        join_all(targets).await.into_iter().collect()
    }

    async fn target(
        &self,
        read: &Read,
        plan: &Arc<ShardPlan>,
        shard: (ShardId, ShardEpoch),
    ) -> Result<Arc<Target>> {
        let snapshot = self.admit(&read.address, shard).await?;
        let sections = snapshot
            .sections(&self.tags, &plan.tags, &read.tag_manifests)
            .await?;
        Ok(Arc::new(Target::new(snapshot, Arc::clone(plan), sections)))
    }

    async fn one_target(&self, read: &Read) -> Result<Arc<Target>> {
        let mut targets = self.targets(read).await?;
        match (targets.pop(), targets.is_empty()) {
            (Some(target), true) => Ok(target),
            _ => Err(Error::Request("it is a question about one shard")),
        }
    }
}

fn check_shard(shard: ShardId, person: OneId) -> Result<()> {
    match person.shard() == shard {
        true => Ok(()),
        false => Err(Error::Stranger { shard }),
    }
}
