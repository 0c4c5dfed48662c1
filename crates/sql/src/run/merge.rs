//! Compaction: several runs → one.
//!
//! Reads each section as a stream through the verified reader, so memory is a few batches per
//! section and the encoded result. Drops no row: what may be collapsed, and below which floor,
//! is not known here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::compute::interleave_record_batch;
use parquet::arrow::ProjectionMask;
use tagma_core::schema::TableSchema;

use super::cursor::{Cursor, Key, SectionSource};
use super::error::Error;
use super::meta::RunMeta;
use super::run_writer::{EncodedRun, RunOptions, RunWriter};
use super::split::EventCounts;
use super::verified::BlockReader;

const BATCH_ROWS: usize = 8_192;

/// Merges `runs` of `table` into one run with the same rows.
///
/// # Errors
/// `Damaged`, `Mismatch` and `Decode` name the object that cannot be trusted; then nothing of
/// the result exists.
pub async fn merge_runs(
    table: &TableSchema,
    runs: &[Arc<RunMeta>],
    reader: &BlockReader,
    options: &RunOptions,
) -> Result<EncodedRun, Error> {
    let mut sources = Vec::new();
    for run in runs {
        for section in 0..run.sections.len() {
            sources.push(SectionSource::new(reader.clone(), Arc::clone(run), section));
        }
    }
    let counts = count_events(table, &sources).await?;
    let mut writer = RunWriter::new(table, counts.at_least(options.section_rows as u64));
    let mut merge = Merge::open(table, &sources).await?;
    while let Some(batch) = merge.next_batch().await? {
        writer.write(&batch)?;
    }
    writer.finish(options)
}

async fn count_events(
    table: &TableSchema,
    sources: &[SectionSource],
) -> Result<EventCounts, Error> {
    let mut counts = EventCounts::default();
    let Some(column) = &table.event else {
        return Ok(counts);
    };
    for source in sources {
        let meta = source.meta();
        if let Some(event) = &meta.event {
            counts.add_rows(event, meta.rows);
            continue;
        }
        let mask = |schema: &_| ProjectionMask::columns(schema, [column.as_str()]);
        let mut stream = source.open(mask).await?;
        while let Some(batch) = source.next(&mut stream).await? {
            let events = batch.columns().first();
            let events = events.and_then(|e| e.as_any().downcast_ref::<StringArray>());
            if let Some(events) = events {
                counts.add(events);
            }
        }
    }
    Ok(counts)
}

/// A k-way merge: each cursor stands on the next row of its section.
struct Merge {
    cursors: Vec<Cursor>,
    heap: BinaryHeap<Reverse<(Key, usize)>>,
}

impl Merge {
    async fn open(table: &TableSchema, sources: &[SectionSource]) -> Result<Self, Error> {
        let mut cursors = Vec::with_capacity(sources.len());
        let mut heap = BinaryHeap::with_capacity(sources.len());
        for source in sources {
            let Some(cursor) = Cursor::open(table, source).await? else {
                continue;
            };
            heap.push(Reverse((cursor.key(), cursors.len())));
            cursors.push(cursor);
        }
        Ok(Self { cursors, heap })
    }

    /// The next rows in order; ends early where a cursor's batch is used up.
    async fn next_batch(&mut self) -> Result<Option<RecordBatch>, Error> {
        let mut picks = Vec::with_capacity(BATCH_ROWS);
        let mut used_up = None;
        while picks.len() < BATCH_ROWS {
            let Some(Reverse((_, number))) = self.heap.pop() else {
                break;
            };
            let cursor = &mut self.cursors[number];
            picks.push((number, cursor.row()));
            if cursor.step() {
                self.heap.push(Reverse((cursor.key(), number)));
            } else {
                used_up = Some(number);
                break;
            }
        }
        if picks.is_empty() {
            return Ok(None);
        }
        let batches: Vec<&RecordBatch> = self.cursors.iter().map(Cursor::batch).collect();
        let merged = interleave_record_batch(&batches, &picks)?;
        if let Some(number) = used_up
            && self.cursors[number].refill().await?
        {
            self.heap
                .push(Reverse((self.cursors[number].key(), number)));
        }
        Ok(Some(merged))
    }
}
