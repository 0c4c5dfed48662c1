//! From what coordinators say to shards that are open: opens, follows, keeps up, closes.
//!
//! Owns the tasks of every owned shard. A shard that cannot be opened is tried again for as long
//! as it is this worker's.

use std::sync::Arc;
use std::time::Duration;

use tagma_core::LogIndex;
use tagma_sql::run::BlockReader;
use tagma_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::upkeep::keep_up;
use crate::agent::{BeatAnswer, Home, Owned, OwnedShard};
use crate::shard::{self, Checkpoint, Dead, Schemas, Shard, Upkeep, UpkeepLimits};

const PAUSE_FIRST: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What the tasks of shards need.
pub struct Ownership {
    /// The coordinators.
    pub home: Arc<dyn Home>,
    /// Name of the cluster.
    pub cluster_id: String,
    /// Where objects lie.
    pub store: Store,
    /// Reads runs.
    pub blocks: BlockReader,
    /// Declared tables.
    pub schemas: Arc<Schemas>,
    /// When shards flush and merge.
    pub limits: UpkeepLimits,
    /// The shards.
    pub owned: Arc<Owned>,
    /// The newest answer to a heartbeat.
    pub answers: watch::Receiver<Arc<BeatAnswer>>,
    /// All tasks.
    pub tracker: TaskTracker,
}

impl Ownership {
    /// Follows the answers until `stop`; then everything is closed.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut answers = self.answers.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                changed = answers.changed() => if changed.is_err() { break },
            }
            let answer = Arc::clone(&answers.borrow_and_update());
            for (owned, closed) in self.owned.follow(&answer) {
                let this = Arc::clone(&self);
                self.tracker
                    .spawn(async move { this.own(owned, closed).await });
            }
            self.owned.raise_floors(answer.oldest_kept);
        }
        self.owned.close_all();
    }

    async fn own(&self, owned: OwnedShard, closed: CancellationToken) {
        let Some((shard, checkpoint)) = self.open(&owned, &closed).await else {
            return;
        };
        // Given up for a newer manifest, perhaps, at the last moment.
        if closed.is_cancelled() || !self.owned.opened(&shard) {
            return;
        }
        let (id, epoch, applied) = (shard.id(), shard.epoch(), shard.state().applied);
        tracing::info!(shard = %id, %epoch, %applied, "shard is open");
        let (home, cluster) = (Arc::clone(&self.home), self.cluster_id.clone());
        self.tracker
            .spawn(shard::follow(Arc::clone(&shard), home, cluster));
        let lost = keep_up(self.upkeep(shard, owned.manifest, checkpoint)).await;
        tracing::info!(shard = %id, %epoch, lost, "shard is closed");
        self.owned.close(id, epoch);
    }

    async fn open(
        &self,
        owned: &OwnedShard,
        closed: &CancellationToken,
    ) -> Option<(Arc<Shard>, Checkpoint)> {
        let mut pause = PAUSE_FIRST;
        loop {
            let key = owned.manifest.as_deref();
            let opened = tokio::select! {
                () = closed.cancelled() => return None,
                opened = shard::open(&self.store, owned.shard, owned.epoch, key) => opened,
            };
            match opened {
                Ok(opened) => return Some(opened),
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(shard = %owned.shard, %error, cause, "shard cannot be opened");
                }
            }
            tokio::select! {
                () = closed.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn upkeep(&self, shard: Arc<Shard>, base: Option<String>, checkpoint: Checkpoint) -> Upkeep {
        Upkeep {
            shard,
            store: self.store.clone(),
            blocks: self.blocks.clone(),
            home: Arc::clone(&self.home),
            cluster_id: self.cluster_id.clone(),
            schemas: Arc::clone(&self.schemas),
            owned: self.answers.clone(),
            limits: self.limits.clone(),
            base,
            // It is that of an answer, and answers never go back.
            base_since: LogIndex::ZERO,
            checkpoint,
            dead: Dead::default(),
        }
    }
}
