//! What flush and compaction of one shard work with.
//!
//! Owns the manifest that stands. One upkeep per owned shard, used by one task: so a manifest
//! always replaces the one that this worker put before it.

use std::sync::Arc;

use tagma_core::LogIndex;
use tagma_core::catalog::{ManifestRef, ObjectRef};
use tagma_sql::run::BlockReader;
use tagma_store::{Nonce, Store, crash_point};
use tokio::sync::watch;

use super::clean::Dead;
use super::commit::commit;
use super::error::Result;
use super::handle::Shard;
use super::limits::UpkeepLimits;
use super::manifest::{Checkpoint, manifest_key};
use super::schemas::Schemas;
use crate::agent::{BeatAnswer, Home};

/// Upkeep of one shard.
pub struct Upkeep {
    /// The shard.
    pub shard: Arc<Shard>,
    /// Where its objects go.
    pub store: Store,
    /// Reads its runs.
    pub blocks: BlockReader,
    /// The coordinators.
    pub home: Arc<dyn Home>,
    /// Name of the cluster.
    pub cluster_id: String,
    /// Declared tables.
    pub schemas: Arc<Schemas>,
    /// The newest answer to a heartbeat.
    pub owned: watch::Receiver<Arc<BeatAnswer>>,
    /// When to flush and merge.
    pub limits: UpkeepLimits,
    /// Key of the manifest that stands; `None`: none yet.
    pub base: Option<String>,
    /// An index at which it stands: answers from before say nothing about it.
    pub base_since: LogIndex,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Its objects that nobody reads any more.
    pub dead: Dead,
}

impl Upkeep {
    /// Stores `next` and puts it in the place of the manifest that stands.
    ///
    /// # Errors
    /// See [`super::Error`]; then the old one stands, or the shard is lost.
    pub(super) async fn replace(
        &mut self,
        next: Checkpoint,
        points: [&'static str; 3],
    ) -> Result<()> {
        let [after_put, before_commit, after_commit] = points;
        crash_point(after_put);
        let nonce = Nonce::random();
        let (shard, epoch) = (self.shard.id(), self.shard.epoch());
        let key = manifest_key(shard, epoch, next.manifest.flushed, nonce);
        let object = next.encode(nonce);
        let bytes = object.len() as u64;
        self.store.create(&key, object, nonce).await?;
        crash_point(before_commit);
        let object = ObjectRef {
            key: key.clone(),
            bytes,
        };
        let flushed = next.manifest.flushed;
        self.shard.propose(&key);
        let since = commit(self, ManifestRef { object, flushed }).await?;
        crash_point(after_commit);
        self.base = Some(key);
        self.base_since = since;
        self.checkpoint = next;
        Ok(())
    }
}
