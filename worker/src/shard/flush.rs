//! Rows in memory → runs, and a manifest that names them.
//!
//! Owns that it never changes an answer: rows leave memory in the same
//! exchange of snapshots in which their runs come in. What is put and not committed is garbage
//! that no manifest names.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use tagma_core::schema::{Name, TableSchema};
use tagma_core::{LogIndex, ShardEpoch, ShardId};
use tagma_sql::run::{self, EncodedRun, Partition, RunMeta, RunOptions, encode_run};
use tagma_store::{Nonce, ObjectBuilder, ObjectKind, crash_point};

use super::error::{Error, Result};
use super::manifest::{Checkpoint, run_key};
use super::partition;
use super::state::ShardState;
use super::upkeep::Upkeep;

/// Rows for one run.
struct Part {
    schema: TableSchema,
    partition: Option<Partition>,
    batches: Vec<RecordBatch>,
}

/// A run ready to be put.
pub(super) struct NewRun {
    pub(super) schema: TableSchema,
    pub(super) meta: RunMeta,
    pub(super) object: Bytes,
    pub(super) nonce: Nonce,
}

/// Writes what the shard holds in memory to runs and commits a manifest that names them.
///
/// # Errors
/// See [`Error`]. After any but `Lost`, everything is as before and a later flush can succeed.
pub async fn flush(upkeep: &mut Upkeep) -> Result<()> {
    let before = upkeep.shard.state();
    crash_point("flush.before_encode");
    let parts = hot_parts(upkeep, &before).await?;
    let (shard, epoch, flushed) = (upkeep.shard.id(), upkeep.shard.epoch(), before.applied);
    let section_rows = upkeep.limits.section_rows;
    let partition_rows = upkeep.limits.partition_rows;
    let state = Arc::clone(&before);
    let encoded = tokio::task::spawn_blocking(move || {
        let parts = split_large(parts, &state, partition_rows)?;
        let encode = |part| encode_part((shard, epoch), flushed, part, section_rows);
        parts.into_iter().map(encode).collect::<Result<Vec<_>>>()
    });
    let runs = encoded
        .await
        .map_err(|source| Error::Panicked { shard, source })??;
    crash_point("flush.after_encode");
    for run in &runs {
        upkeep
            .store
            .create(&run.meta.key, run.object.clone(), run.nonce)
            .await?;
    }
    let next = checkpoint(&upkeep.checkpoint, epoch, &before, &runs);
    let points = [
        "flush.after_put",
        "flush.before_commit",
        "flush.after_commit",
    ];
    upkeep.replace(next, points).await?;
    let mut by_table: BTreeMap<Name, Vec<Arc<RunMeta>>> = BTreeMap::new();
    for run in runs {
        by_table
            .entry(run.schema.name)
            .or_default()
            .push(Arc::new(run.meta));
    }
    upkeep.shard.flushed(&before, &by_table);
    Ok(())
}

/// The rows in memory by table.
async fn hot_parts(upkeep: &Upkeep, state: &ShardState) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for (name, table) in &state.tables {
        let hot = table.hot.iter().flat_map(|hot| &hot.batches);
        let batches: Vec<RecordBatch> = hot.cloned().collect();
        if batches.is_empty() {
            continue;
        }
        let mut looks: Vec<SchemaRef> = Vec::new();
        for batch in &batches {
            if !looks.iter().any(|known| *known == batch.schema()) {
                looks.push(batch.schema());
            }
        }
        let schema = upkeep.schemas.of(&upkeep.home, name, &looks).await?;
        parts.push(Part {
            schema,
            partition: None,
            batches,
        });
    }
    Ok(parts)
}

fn split_large(parts: Vec<Part>, state: &ShardState, threshold: u64) -> Result<Vec<Part>> {
    let mut split = Vec::with_capacity(parts.len());
    for part in parts {
        let rows = state
            .tables
            .get(&part.schema.name)
            .map_or(0, |table| table.rows());
        if !partition::by_month(&part.schema, rows, threshold) {
            split.push(part);
            continue;
        }
        let months = partition::split(&part.schema, &part.batches).map_err(run::Error::from)?;
        for (partition, batches) in months {
            let schema = part.schema.clone();
            split.push(Part {
                schema,
                partition,
                batches,
            });
        }
    }
    Ok(split)
}

fn encode_part(
    owner: (ShardId, ShardEpoch),
    flushed: LogIndex,
    part: Part,
    section_rows: usize,
) -> Result<NewRun> {
    let nonce = Nonce::random();
    let options = RunOptions {
        key: run_key(owner, &part.schema.name, flushed, nonce),
        level: 0,
        partition: part.partition,
        section_rows,
    };
    let encoded = encode_run(&part.schema, &part.batches, &options)?;
    Ok(framed(part.schema, encoded, nonce))
}

/// Puts a run into an object of its own.
pub(super) fn framed(schema: TableSchema, encoded: EncodedRun, nonce: Nonce) -> NewRun {
    let mut object = ObjectBuilder::new(ObjectKind::Run, nonce);
    let section = object.section(0, &encoded.bytes);
    let mut meta = encoded.meta;
    meta.offset = section.offset;
    NewRun {
        schema,
        meta,
        object: object.finish(),
        nonce,
    }
}

fn checkpoint(
    base: &Checkpoint,
    epoch: ShardEpoch,
    state: &ShardState,
    runs: &[NewRun],
) -> Checkpoint {
    let mut manifest = base.manifest.clone();
    manifest.epoch = epoch;
    manifest.flushed = state.applied;
    manifest.ordinals = state.ordinals;
    manifest.departed = Arc::clone(&state.departed);
    for run in runs {
        manifest.table_mut(&run.schema).runs.push(run.meta.clone());
    }
    Checkpoint {
        manifest,
        people: state.people.clone(),
    }
}
