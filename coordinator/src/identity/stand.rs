//! The task that puts the map on every published checkpoint: what a checkpoint holds leaves memory
//! on each node, not only on the one that made it.

use std::{sync::Arc, time::Duration};

use tagma_core::catalog::CheckpointRef;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::{checkpoint::Checkpoints, directory::Directory};
use crate::{error::Result, raft::RaftNode};

/// Pause before a checkpoint that cannot be opened is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Runs until `stop`. A checkpoint that cannot be opened leaves the map as it is.
pub(crate) async fn stand_on_checkpoints(
    raft: RaftNode,
    directory: Arc<Directory>,
    checkpoints: Checkpoints,
    stop: CancellationToken,
) {
    let mut applied = raft.applied();
    loop {
        applied.borrow_and_update();
        let newest = raft.catalog().checkpoint.clone();
        let newer = newest.filter(|published| published.index > directory.base_index());
        let stood = async {
            match newer {
                Some(published) => stand_on(&published, &directory, &checkpoints).await,
                None => Ok(()),
            }
        };
        let stood = tokio::select! {
            () = stop.cancelled() => return,
            stood = stood => stood,
        };
        if let Err(error) = &stood {
            error!(%error, "identity map cannot stand on the newest checkpoint");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY), if stood.is_err() => {}
            changed = applied.changed(), if stood.is_ok() => if changed.is_err() { return },
        }
    }
}

async fn stand_on(
    published: &CheckpointRef,
    directory: &Directory,
    checkpoints: &Checkpoints,
) -> Result<()> {
    // The map holds every entry of the checkpoint before its memory is let go.
    directory.reached(published.index).await?;
    directory.rebase(checkpoints.open(published).await?)?;
    info!(
        log_index = published.index.0,
        "identity map stands on a checkpoint"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use tagma_core::{LogIndex, OneId};
    use tagma_store::Store;

    use super::*;
    use crate::{
        identity::testing::{follower, hash},
        testing::Alone,
    };

    async fn until_it_stands_on(map: &Directory, index: LogIndex) {
        let stands = async {
            while map.base_index() < index {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), stands)
            .await
            .expect("in time");
    }

    #[tokio::test]
    async fn every_node_stands_on_a_checkpoint_that_one_has_made() {
        let node = Alone::start().await;
        let store = Store::open_local(&node.folder.path().join("store")).expect("a store");
        let index = node.raft.catalog().applied;
        let at = |name: &str, directory: &Directory| {
            let folder = node.folder.path().join(name);
            Checkpoints::new(folder, store.clone(), directory.key().fingerprint())
        };
        let (leader, other) = (follower(index), follower(index));
        let (own, others) = (at("own", &leader), at("other", &other));
        own.make(&node.raft, leader.snapshot()).await.expect("made");

        let stop = CancellationToken::new();
        let maps = [(&leader, own.clone()), (&other, others)];
        let tasks = maps.map(|(map, files)| {
            let map = map.clone();
            tokio::spawn(stand_on_checkpoints(
                node.raft.clone(),
                map,
                files,
                stop.clone(),
            ))
        });
        for map in [&leader, &other] {
            until_it_stands_on(map, index).await;
            let found = map.person_at(hash(7), index).expect("readable");
            assert_eq!(found.map(OneId::get), Some(1 << 32));
            assert_eq!(map.snapshot().len_in_memory(), 0, "the files hold it");
        }
        // Another one, larger: the first one's files go.
        let later = node.define("identifier: phone\n").await;
        for map in [&leader, &other] {
            map.advance(later).expect("it follows");
        }
        own.make(&node.raft, leader.snapshot()).await.expect("made");
        until_it_stands_on(&leader, later).await;
        until_it_stands_on(&other, later).await;
        // A node that starts with the first one in its catalog finds it gone, perhaps.
        let first = node.folder.path().join("store/identity");
        std::fs::remove_dir_all(first).expect("removed");
        let newest = node.raft.catalog().checkpoint.clone();
        let opened = own.open_if_there(&newest.expect("published")).await;
        assert!(opened.expect("no damage").is_none());
        stop.cancel();
        for task in tasks {
            task.await.expect("ends");
        }
    }
}
