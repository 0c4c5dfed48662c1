//! The task that brings the map forward: every applied entry, in order.

use std::{ops::Bound, sync::Arc, time::Duration};

use tagma_core::{
    LogIndex,
    catalog::{Catalog, JournalRef},
};
use tagma_identity::{Layer, utc_day};
use tagma_store::{Nonce, crash_point};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::{checkpoint::Checkpoints, directory::Directory};
use crate::{
    error::{Error, Result},
    journal::JournalCache,
    raft::RaftNode,
};

/// Pause before an object that cannot be read is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// Follows the journal until `stop`. A damaged object holds the map at the index before it.
pub(crate) async fn follow_journal(
    raft: RaftNode,
    journal: Arc<JournalCache>,
    directory: Arc<Directory>,
    checkpoints: Checkpoints,
    stop: CancellationToken,
) {
    let mut applied = raft.applied();
    loop {
        let to = *applied.borrow_and_update();
        let catalog = raft.catalog();
        let caught_up = async {
            start_over_if_trimmed(&catalog, &checkpoints, &directory).await?;
            catch_up(&catalog, &journal, &directory, to).await
        };
        if let Err(error) = caught_up.await {
            error!(%error, log_index = directory.index().0, "identity map cannot go on");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RETRY) => continue,
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = applied.changed() => if changed.is_err() { return },
        }
    }
}

/// A node that was away too long does not find its next entries in the journal any more: it goes
/// on from the checkpoint, which holds them.
async fn start_over_if_trimmed(
    catalog: &Catalog,
    checkpoints: &Checkpoints,
    directory: &Directory,
) -> Result<()> {
    if directory.index() >= catalog.trimmed {
        return Ok(());
    }
    let Some(published) = &catalog.checkpoint else {
        return Ok(());
    };
    info!(
        log_index = published.index.0,
        "identity map starts over from the checkpoint"
    );
    directory.start_over(checkpoints.open(published).await?);
    Ok(())
}

async fn catch_up(
    catalog: &Catalog,
    journal: &JournalCache,
    directory: &Directory,
    to: LogIndex,
) -> Result<()> {
    let after = directory.index();
    let entries = catalog
        .journal
        .range((Bound::Excluded(after), Bound::Included(to)));
    for (index, entry) in entries {
        let day = utc_day(entry.stamp);
        take(journal, directory, (*index, day), entry).await?;
        crash_point("apply.after_identity");
    }
    directory.advance(to)
}

async fn take(
    journal: &JournalCache,
    directory: &Directory,
    (index, day): (LogIndex, i32),
    entry: &JournalRef,
) -> Result<()> {
    if directory.commit_staged(Nonce(entry.nonce), index, day)? {
        return directory.advance(index);
    }
    if let Some(part) = &entry.identity {
        let bytes = journal.section(entry, part).await?;
        let layer = Layer::decode(&bytes).map_err(|e| Error::wrap(e.kind(), &e))?;
        directory.push(index, Arc::new(layer), day)?;
    }
    directory.advance(index)
}

#[cfg(test)]
mod tests {
    use tagma_core::{
        NodeId, OneId, ShardEpoch, ShardId,
        catalog::{Command, CommitManifest, ManifestRef, ObjectRef},
    };
    use tagma_store::Store;

    use super::*;
    use crate::{
        identity::testing::{follower, hash, key, layer},
        testing::Alone,
    };

    /// Every shard has flushed everything up to `flushed`.
    async fn flush_all(node: &Alone, flushed: LogIndex) {
        let shards: Vec<ShardId> = node.raft.catalog().shards.keys().copied().collect();
        node.propose(Command::RegisterWorker {
            name: "w".to_owned(),
            address: "http://w".to_owned(),
        })
        .await;
        let owners = shards.iter().map(|s| (*s, NodeId(1), ShardEpoch(0)));
        let owners = owners.collect();
        node.propose(Command::AssignShards { owners }).await;
        for shard in shards {
            let object = ObjectRef {
                key: format!("shard/{shard}/manifest"),
                bytes: 1,
            };
            node.propose(Command::CommitManifest(CommitManifest {
                shard,
                epoch: ShardEpoch(1),
                base: None,
                manifest: ManifestRef { object, flushed },
            }))
            .await;
        }
    }

    #[tokio::test]
    async fn a_map_below_the_trimmed_journal_goes_on_from_the_checkpoint() {
        let node = Alone::start().await;
        let store = Store::open_local(&node.folder.path().join("objects")).expect("a store");
        let at = |name: &str| {
            let folder = node.folder.path().join(name);
            Checkpoints::new(folder, store.clone(), key().fingerprint())
        };
        let (index, _) = node.commit_batch(&store, &[], &layer().encode()).await;
        let other = follower(index);
        let made = at("other").make(&node.raft, other.snapshot()).await;
        made.expect("a checkpoint");
        flush_all(&node, index).await;
        let catalog = node.raft.catalog();
        assert!(catalog.journal.is_empty(), "nobody needs it any more");
        assert_eq!(catalog.trimmed, index);

        let late = Arc::new(Directory::new(key(), None));
        let journal = Arc::new(JournalCache::new(store.clone()));
        let stop = CancellationToken::new();
        let task = tokio::spawn(follow_journal(
            node.raft.clone(),
            journal,
            late.clone(),
            at("late"),
            stop.clone(),
        ));
        late.reached(catalog.applied).await.expect("it follows");
        let found = late.person_at(hash(7), catalog.applied).expect("readable");
        assert_eq!(found.map(OneId::get), Some(1 << 32));
        assert_eq!(late.base_index(), index);
        stop.cancel();
        task.await.expect("ends");
    }
}
