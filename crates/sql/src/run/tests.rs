//! Runs written, merged, damaged and read back.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use tagma_core::ErrorKind;
use tagma_core::schema::{TableKind, TableSchema};

use super::cursor::SectionSource;
use super::*;
use crate::test_world::{Row, World, batch, block_on, chain, options, row, table};

const EVENTS: [&str; 4] = ["pay", "view", "cart", "坐"];

fn random_rows(random: &mut StdRng, count: usize) -> Vec<Row> {
    let one = |number: usize| {
        let mut made = row(random.random_range(0..20), 1 + number as u64 / 7, "pay");
        made.row = number as u32 % 7;
        let event = EVENTS[random.random_range(0..EVENTS.len())];
        made.event = random.random_bool(0.9).then_some(event);
        made.at = random.random_bool(0.9).then(|| random.random_range(0..50));
        made.from = random.random_bool(0.1).then(|| random.random_range(1..9));
        made.qty = random.random_bool(0.8).then(|| random.random());
        made.price = random.random_bool(0.8).then(|| random.random());
        made
    };
    (0..count).map(one).collect()
}

/// All rows of a run, section after section, as the verified reader delivers them.
async fn read_all(reader: &BlockReader, run: &Arc<RunMeta>) -> Result<Vec<RecordBatch>, Error> {
    let mut sections = Vec::new();
    for section in 0..run.sections.len() {
        let source = SectionSource::new(reader.clone(), Arc::clone(run), section);
        let mut stream = source
            .open(|_| parquet::arrow::ProjectionMask::all())
            .await?;
        let mut batches = Vec::new();
        while let Some(batch) = source.next(&mut stream).await? {
            batches.push(batch);
        }
        if let Some(first) = batches.first() {
            sections.push(concat_batches(&first.schema(), &batches)?);
        }
    }
    Ok(sections)
}

fn all_rows(world: &World, table: &TableSchema, run: &RunMeta) -> RecordBatch {
    let reader = world.runtime.reader();
    let sections = block_on(read_all(reader, &Arc::new(run.clone()))).expect("reads");
    let rows = concat_batches(&crate::stored_schema(table), &sections).expect("one schema");
    sorted(table, &rows).expect("sorts")
}

#[test]
fn a_run_holds_the_rows_sorted_and_split_with_true_bounds() {
    let world = World::new();
    for kind in TableKind::ALL {
        let table = table("t", kind);
        let rows = random_rows(&mut StdRng::seed_from_u64(7), 500);
        let written = batch(&table, &rows);
        let wanted = options(&format!("{kind:?}"), 120);
        let run = encode_run(&table, std::slice::from_ref(&written), &wanted).expect("encodes");
        assert_eq!(run.meta.bytes, run.bytes.len() as u64);
        let meta = world.put(run);
        let pure = meta.sections.iter().filter(|s| s.event.is_some());
        match kind {
            TableKind::Events => assert!(pure.clone().all(|s| s.rows >= 120)),
            _ => assert_eq!((pure.count(), meta.sections.len()), (0, 1)),
        }
        let reader = world.runtime.reader();
        let sections = block_on(read_all(reader, &Arc::new(meta.clone()))).expect("reads");
        for (section, bounds) in sections.iter().zip(&meta.sections) {
            assert_eq!(*section, sorted(&table, section).expect("sorts"));
            assert_eq!(section.num_rows() as u64, bounds.rows);
            let seqs: &arrow::array::Int64Array =
                section["_seq"].as_any().downcast_ref().expect("ints");
            assert_eq!(arrow::compute::min(seqs), Some(bounds.seq.min));
            assert_eq!(arrow::compute::max(seqs), Some(bounds.seq.max));
        }
        assert_eq!(
            all_rows(&world, &table, &meta),
            sorted(&table, &written).expect("sorts")
        );
        let json = serde_json::to_string(&meta).expect("serialises");
        assert_eq!(
            serde_json::from_str::<RunMeta>(&json).expect("reads back"),
            meta
        );
    }
}

#[test]
fn merging_keeps_every_row_in_order() {
    for seed in 0..6 {
        let world = World::new();
        let kind = if seed % 2 == 0 {
            TableKind::Events
        } else {
            TableKind::Attributes
        };
        let table = table("t", kind);
        let mut random = StdRng::seed_from_u64(seed);
        let rows = random_rows(&mut random, 300);
        let parts = rows.chunks(60).enumerate().map(|(number, part)| {
            let options = options(&format!("part-{number}"), 15);
            let run = encode_run(&table, &[batch(&table, part)], &options).expect("encodes");
            Arc::new(world.put(run))
        });
        let parts: Vec<Arc<RunMeta>> = parts.collect();
        let wanted = options("merged", 80);
        let merge = merge_runs(&table, &parts, world.runtime.reader(), &wanted);
        let merged = block_on(merge).expect("merges");
        let direct = encode_run(&table, &[batch(&table, &rows)], &wanted);
        let direct = direct.expect("encodes");
        let shape = |run: &RunMeta| {
            let sections = run.sections.iter();
            sections
                .map(|s| (s.event.clone(), s.rows, s.seq, s.time, s.from))
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&merged.meta), shape(&direct.meta), "seed {seed}");
        let meta = world.put(merged);
        let expected = sorted(&table, &batch(&table, &rows)).expect("sorts");
        assert_eq!(all_rows(&world, &table, &meta), expected, "seed {seed}");
    }
}

#[test]
fn a_flipped_bit_is_an_error_that_names_the_object() {
    let world = World::new();
    let table = table("t", TableKind::Events);
    let rows = random_rows(&mut StdRng::seed_from_u64(1), 400);
    let run = encode_run(&table, &[batch(&table, &rows)], &options("run", 60)).expect("encodes");
    let (meta, bytes) = (Arc::new(run.meta.clone()), run.bytes.clone());
    world.put(run);
    let store = Arc::clone(&world.store) as Arc<dyn ObjectStore>;
    let mut random = StdRng::seed_from_u64(2);
    block_on(async {
        for flip in 0..250 {
            let bit = random.random_range(0..bytes.len() * 8);
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let path = Path::from("run");
            world
                .store
                .put(&path, damaged.into())
                .await
                .expect("memory takes it");
            let reader = BlockReader::new(Arc::clone(&store), 4);
            let error = read_all(&reader, &meta)
                .await
                .expect_err("every byte is covered");
            assert_eq!(error.kind(), ErrorKind::Corrupt, "flip {flip} of bit {bit}");
            assert!(chain(&error).contains("`run`"), "{}", chain(&error));
        }
    });
}

#[test]
fn a_run_may_lie_within_an_object() {
    let world = World::new();
    let table = table("t", TableKind::Events);
    let rows = random_rows(&mut StdRng::seed_from_u64(3), 100);
    let mut run =
        encode_run(&table, &[batch(&table, &rows)], &options("pack", 10)).expect("encodes");
    run.bytes.splice(0..0, [9; 12_345]);
    run.bytes.extend([9; 77]);
    run.meta.offset = 12_345;
    let meta = world.put(run);
    let expected = sorted(&table, &batch(&table, &rows)).expect("sorts");
    assert_eq!(all_rows(&world, &table, &meta), expected);
}
