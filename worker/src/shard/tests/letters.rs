//! Dead letters page by page: each once and in order of arrival, wherever they are stored.

use std::io::Cursor;

use arrow::ipc::reader::StreamReader;

use super::*;
use crate::exec::{Letters, Snapshot, dead_letters};

/// Letters of an entry: more than a row group of a run has.
const EACH: u64 = 20_000;
const INDEXES: [u64; 4] = [10, 20, 40, 60];

fn letters_of(index: u64) -> TailEntry {
    let numbers: Vec<u64> = (0..EACH).map(|row| index * EACH + row).collect();
    let section = bytes::Bytes::from(encode_section(&SectionParts {
        tables: vec![(name("dead_letters"), dead_letter_stream(0, &numbers))],
        ..SectionParts::default()
    }));
    TailEntry {
        index: LogIndex(index),
        crc32c: crc32c::crc32c(&section),
        section,
    }
}

/// A page: the numbers of the letters, the last one's `_seq`, whether there are more.
async fn page(world: &World, shard: &Shard, index: u64, wanted: &Letters) -> (Vec<u64>, i64, bool) {
    let snapshot = Snapshot {
        shard: shard.id(),
        state: shard.state(),
        index: LogIndex(index),
    };
    let found = dead_letters(&snapshot, &world.blocks(), wanted).await;
    let found = found.expect("readable");
    let (mut numbers, mut last) = (Vec::new(), wanted.after);
    if !found.rows.is_empty() {
        for batch in StreamReader::try_new(Cursor::new(&found.rows), None).expect("a stream") {
            let batch = batch.expect("a batch");
            let rows = batch["source_row"].as_primitive::<Int64Type>().values();
            numbers.extend(rows.iter().map(|row| row.cast_unsigned()));
            let seqs = batch["_seq"].as_primitive::<Int64Type>().values();
            last = seqs.last().copied().unwrap_or(last);
        }
    }
    (numbers, last, found.more)
}

async fn check(world: &World, shard: &Shard, came: &[u64]) {
    for (at, limit) in [(100, 7_001), (100, 40_000), (39, 20_000), (5, 3)] {
        let mut wanted = Letters {
            limit,
            ..Letters::default()
        };
        let mut all = Vec::new();
        loop {
            let (numbers, last, more) = page(world, shard, at, &wanted).await;
            assert!(numbers.len() <= limit);
            assert!(
                !more || numbers.len() == limit,
                "{} of {limit}",
                numbers.len()
            );
            all.extend(numbers);
            wanted.after = last;
            if !more {
                break;
            }
        }
        let expected = came.iter().filter(|index| **index <= at);
        let expected = expected.flat_map(|index| (0..EACH).map(move |row| index * EACH + row));
        assert!(all.into_iter().eq(expected), "at {at}, {limit} a page");
    }
    let one = Letters {
        source: (20 * EACH + 17_000).to_string(),
        limit: 5,
        ..Letters::default()
    };
    let expected = match came.contains(&20) {
        true => vec![20 * EACH + 17_000],
        false => Vec::new(),
    };
    assert_eq!(page(world, shard, 100, &one).await.0, expected);
}

#[tokio::test]
async fn letters_come_once_and_in_order_however_they_are_stored() {
    let world = World::new();
    let mut upkeep = world.open(1).await;
    upkeep.limits.runs_per_level = 1;
    let mut came = Vec::new();
    check(&world, &upkeep.shard, &came).await;
    for index in INDEXES {
        world.home.append(shard_id(1), letters_of(index));
        world.catch_up(&upkeep.shard, index).await;
        came.push(index);
        check(&world, &upkeep.shard, &came).await;
        if index < 60 {
            flush(&mut upkeep).await.expect("flushes");
            check(&world, &upkeep.shard, &came).await;
        }
        while index == 40 && compact(&mut upkeep).await.expect("merges") {}
    }
    check(&world, &upkeep.shard, &came).await;
    let again = world.open(1).await;
    world.catch_up(&again.shard, 60).await;
    check(&world, &again.shard, &came).await;
}
