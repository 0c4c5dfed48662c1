//! Who may be answered: cluster, contact, ownership, epoch, index.
//!
//! Owns the order of the checks, and waiting for an index that is on its way.

use std::sync::Arc;
use std::time::Instant;

use tagma_core::{LogIndex, ShardEpoch, ShardId};

use super::Service;
use super::error::{Error, Result};
use crate::agent::Slot;
use crate::exec::Snapshot;
use crate::shard::{Shard, Status};

/// What every request names.
#[derive(Debug, Clone)]
pub struct Address {
    /// Name of the cluster.
    pub cluster_id: String,
    /// The index to answer at.
    pub index: LogIndex,
    /// Until when the caller waits.
    pub deadline: Instant,
}

impl Service {
    /// The shard as of the index.
    ///
    /// # Errors
    /// See [`Error`].
    pub(super) async fn admit(
        &self,
        address: &Address,
        (shard, epoch): (ShardId, ShardEpoch),
    ) -> Result<Snapshot> {
        self.check_cluster(&address.cluster_id)?;
        let open = self.open_shard(shard, epoch)?;
        reach(&open, address).await?;
        // A shard may be lost while it was waited for.
        self.open_shard(shard, epoch)?;
        let state = open.state();
        let (index, floor) = (address.index, state.floor());
        if index < floor {
            return Err(Error::Expired {
                shard,
                index,
                floor,
            });
        }
        Ok(Snapshot {
            shard,
            state,
            index,
        })
    }

    fn check_cluster(&self, asked: &str) -> Result<()> {
        let own = self.cluster_id.get().ok_or(Error::OutOfContact)?;
        if own != asked {
            return Err(Error::Cluster {
                own: own.clone(),
                asked: asked.to_owned(),
            });
        }
        Ok(())
    }

    fn open_shard(&self, shard: ShardId, asked: ShardEpoch) -> Result<Arc<Shard>> {
        if !self.contact.is_fresh(Instant::now()) {
            return Err(Error::OutOfContact);
        }
        let wrong = |own| Error::Epoch { shard, own, asked };
        match self.owned.slot(shard) {
            None => Err(Error::NotOwned { shard }),
            Some(Slot::Opening { epoch, .. }) if epoch != asked => Err(wrong(epoch)),
            Some(Slot::Opening { .. }) => Err(Error::Opening { shard }),
            Some(Slot::Open(open)) if open.epoch() != asked => Err(wrong(open.epoch())),
            Some(Slot::Open(open)) => Ok(open),
        }
    }
}

/// Waits until the shard has applied the index.
async fn reach(shard: &Shard, address: &Address) -> Result<()> {
    let index = address.index;
    if shard.state().applied >= index {
        return Ok(());
    }
    let mut news = shard.news();
    let done = |(applied, status): &(LogIndex, Status)| {
        *applied >= index || matches!(status, Status::Stopped(_))
    };
    let (id, epoch) = (shard.id(), shard.epoch());
    tokio::select! {
        () = shard.closed().cancelled() => return Err(Error::NotOwned { shard: id }),
        _ = news.wait_for(done) => {}
        () = tokio::time::sleep_until(address.deadline.into()) => {}
    }
    let applied = shard.state().applied;
    if applied >= index {
        return Ok(());
    }
    tracing::debug!(shard = %id, %epoch, %applied, %index, "index was not reached in time");
    match shard.status() {
        Status::Stopped(source) => Err(Error::Stopped {
            shard: id,
            applied,
            index,
            source,
        }),
        Status::Running => Err(Error::NotYet {
            shard: id,
            applied,
            index,
        }),
    }
}
