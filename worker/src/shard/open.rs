//! A shard from its manifest: recovery after a start, or taking it over from another worker.
//!
//! Owns the checks before a shard is served: the manifest is verified as a whole, and every run
//! that it names must be there in its full length. Rows are verified block by block when read.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use tagma_core::{ShardEpoch, ShardId};
use tagma_store::{Error as StoreError, Store};

use super::error::Result;
use super::handle::Shard;
use super::manifest::Checkpoint;

const CHECKS_IN_FLIGHT: usize = 16;

/// Loads the shard as the manifest `key` has it; without one, nothing has happened in it yet.
///
/// # Errors
/// Corrupt, naming the object that is damaged, cut or missing; Unavailable where the store is.
pub async fn open(
    store: &Store,
    shard: ShardId,
    epoch: ShardEpoch,
    key: Option<&str>,
) -> Result<(Arc<Shard>, Checkpoint)> {
    let checkpoint = match key {
        None => Checkpoint::empty(shard, epoch),
        Some(key) => {
            let object = store.read(key).await.map_err(missing)?;
            Checkpoint::decode(shard, object, key)?
        }
    };
    check_runs(store, &checkpoint).await?;
    let shard = Shard::new(shard, epoch, checkpoint.state());
    Ok((Arc::new(shard), checkpoint))
}

async fn check_runs(store: &Store, checkpoint: &Checkpoint) -> Result<()> {
    let runs = checkpoint
        .manifest
        .tables
        .iter()
        .flat_map(|table| &table.runs);
    let ends = runs.map(|run| (run.key.clone(), run.offset.saturating_add(run.bytes)));
    let ends: Vec<(String, u64)> = ends.collect();
    let checks = futures::stream::iter(ends).map(|(key, end)| check_run(store.clone(), key, end));
    let checks = checks.buffer_unordered(CHECKS_IN_FLIGHT);
    Ok(checks.try_collect::<()>().await?)
}

async fn check_run(store: Store, key: String, end: u64) -> Result<(), StoreError> {
    let size = store.head(&key).await.map_err(missing)?;
    if size < end {
        return Err(StoreError::Corrupt {
            object: key,
            what: format!("it has {size} bytes, its run ends at {end}"),
        });
    }
    Ok(())
}

/// What a manifest names must exist.
fn missing(error: StoreError) -> StoreError {
    match error {
        StoreError::NotFound { key } => StoreError::Corrupt {
            object: key,
            what: "it is gone although it is referred to".to_owned(),
        },
        other => other,
    }
}
