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
        let day = utc_day(catalog.commit_time(*index).map_or(0, |stamp| stamp.0));
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
