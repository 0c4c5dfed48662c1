//! Many small runs → fewer large ones.
//!
//! Owns which runs are merged: all of one level of one partition, once there are more than
//! the limit; the result is a run of the next level. No row is dropped, so no answer
//! changes at any index. Inputs stay stored, since readers may hold older snapshots; the manifest
//! lists them as garbage.

use std::collections::BTreeMap;
use std::sync::Arc;

use tagma_core::schema::TableSchema;
use tagma_sql::run::{Partition, RunMeta, RunOptions, merge_runs};
use tagma_store::{Nonce, crash_point};

use super::error::{Error, Result};
use super::flush::framed;
use super::manifest::{Checkpoint, Garbage, ShardManifest, run_key};
use super::upkeep::Upkeep;

/// Runs to merge.
struct Merge {
    schema: TableSchema,
    partition: Option<Partition>,
    level: u8,
    runs: Vec<Arc<RunMeta>>,
}

/// Merges one level of one partition of one table, if there is one to merge; whether there was.
///
/// # Errors
/// See [`Error`]. After any but `Lost`, everything is as before.
pub async fn compact(upkeep: &mut Upkeep) -> Result<bool> {
    let Some(merge) = choose(&upkeep.checkpoint.manifest, upkeep.limits.runs_per_level) else {
        return Ok(false);
    };
    crash_point("compaction.before_read");
    let nonce = Nonce::random();
    let owner = (upkeep.shard.id(), upkeep.shard.epoch());
    let flushed = upkeep.checkpoint.manifest.flushed;
    let options = RunOptions {
        key: run_key(owner, &merge.schema.name, flushed, nonce),
        level: merge.level.saturating_add(1),
        partition: merge.partition,
        section_rows: upkeep.limits.section_rows,
    };
    let (blocks, schema, inputs) = (upkeep.blocks.clone(), merge.schema, merge.runs);
    let runtime = tokio::runtime::Handle::current();
    let merged = tokio::task::spawn_blocking(move || {
        let merged = runtime.block_on(merge_runs(&schema, &inputs, &blocks, &options))?;
        Ok::<_, Error>((framed(schema, merged, nonce), inputs))
    });
    let shard = owner.0;
    let (run, inputs) = merged
        .await
        .map_err(|source| Error::Panicked { shard, source })??;
    crash_point("compaction.after_merge");
    upkeep
        .store
        .create(&run.meta.key, run.object, nonce)
        .await?;
    let next = checkpoint(&upkeep.checkpoint, &run.schema, &run.meta, &inputs);
    let points = [
        "compaction.after_put",
        "compaction.before_commit",
        "compaction.after_commit",
    ];
    upkeep.replace(next, points).await?;
    let keys: Vec<String> = inputs.iter().map(|run| run.key.clone()).collect();
    upkeep
        .shard
        .merged(&run.schema.name, &keys, Arc::new(run.meta));
    Ok(true)
}

fn choose(manifest: &ShardManifest, runs_per_level: usize) -> Option<Merge> {
    for table in &manifest.tables {
        let mut levels: BTreeMap<(Option<Partition>, u8), Vec<&RunMeta>> = BTreeMap::new();
        for run in &table.runs {
            levels
                .entry((run.partition, run.level))
                .or_default()
                .push(run);
        }
        let full = levels
            .into_iter()
            .find(|(_, runs)| runs.len() > runs_per_level);
        if let Some(((partition, level), runs)) = full {
            return Some(Merge {
                schema: table.schema.clone(),
                partition,
                level,
                runs: runs.into_iter().cloned().map(Arc::new).collect(),
            });
        }
    }
    None
}

fn checkpoint(
    base: &Checkpoint,
    schema: &TableSchema,
    merged: &RunMeta,
    inputs: &[Arc<RunMeta>],
) -> Checkpoint {
    let mut next = base.clone();
    let is_input = |run: &RunMeta| inputs.iter().any(|input| input.key == run.key);
    let table = next.manifest.table_mut(schema);
    table.runs.retain(|run| !is_input(run));
    table.runs.push(merged.clone());
    let since = next.manifest.flushed;
    let garbage = inputs.iter().map(|run| Garbage {
        key: run.key.clone(),
        bytes: run.bytes,
        since,
    });
    next.manifest.garbage.extend(garbage);
    next
}
