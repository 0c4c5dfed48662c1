//! Rows that move from some people to another: at every index each row belongs to one living
//! person.

use std::collections::BTreeMap;
use std::io::Cursor;

use arrow::array::{ArrayRef, Int64Array};
use arrow::ipc::{reader::StreamReader, writer::StreamWriter};
use tagma_core::OneId;
use tagma_core::journal::Departure;

use super::*;
use crate::exec::{Collect, Leaver, Moving, Snapshot, collect_rows};

/// Index of the entry that moves the rows.
pub(super) const LANDING: u64 = 70;
/// Who is merged away, and into whom.
pub(super) const LOSERS: [u32; 3] = [3, 7, 11];
pub(super) const SURVIVOR: u32 = 0;

fn person(ordinal: u32) -> OneId {
    OneId::new(shard_id(1), ordinal)
}

pub(super) async fn collected(world: &World, shard: &Shard, index: u64, people: &[u32]) -> Moving {
    collected_within(world, shard, index, people, 0).await
}

async fn collected_within(
    world: &World,
    shard: &Shard,
    index: u64,
    people: &[u32],
    bytes_max: usize,
) -> Moving {
    let snapshot = Snapshot {
        shard: shard.id(),
        state: shard.state(),
        index: LogIndex(index),
    };
    let leavers = people.iter().map(|ordinal| Leaver {
        person: person(*ordinal),
        origins: Vec::new(),
    });
    let collect = Collect {
        leavers: leavers.collect(),
        tables: Vec::new(),
        bytes_max,
    };
    let moving = collect_rows(&snapshot, &world.blocks(), &collect).await;
    moving.expect("collected")
}

/// How many rows everybody has at an index, and the sum of all amounts.
async fn holders(world: &World, shard: &Shard, index: u64) -> (BTreeMap<i64, usize>, i64) {
    let everybody: Vec<u32> = (0..24).collect();
    let moving = collected(world, shard, index, &everybody).await;
    let (mut holders, mut sum) = (BTreeMap::new(), 0);
    for (_, stream) in &moving.tables {
        for batch in StreamReader::try_new(Cursor::new(stream), None).expect("a stream") {
            let batch = batch.expect("a batch");
            for oneid in batch["oneid"].as_primitive::<Int64Type>().values() {
                *holders.entry(*oneid).or_default() += 1;
            }
            sum += batch["amount"]
                .as_primitive::<Int64Type>()
                .values()
                .iter()
                .sum::<i64>();
        }
    }
    (holders, sum)
}

/// The entry that gives the collected rows to the survivor.
pub(super) fn landing(index: u64, moving: &Moving, left: Vec<Departure>) -> TailEntry {
    let moved = moving.tables.iter().map(|(table, stream)| {
        let mut writer: Option<StreamWriter<Vec<u8>>> = None;
        for batch in StreamReader::try_new(Cursor::new(stream), None).expect("a stream") {
            let batch = batch.expect("a batch");
            let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
            let place = batch.schema().index_of("oneid").expect("oneid");
            columns[place] = Arc::new(Int64Array::from(vec![
                person(SURVIVOR).get();
                batch.num_rows()
            ]));
            let batch = RecordBatch::try_new(batch.schema(), columns).expect("a batch");
            let writer = writer.get_or_insert_with(|| {
                StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer")
            });
            writer.write(&batch).expect("written");
        }
        let bytes = writer.expect("rows").into_inner().expect("finished");
        (table.clone(), bytes)
    });
    let section = bytes::Bytes::from(encode_section(&SectionParts {
        people: PeopleMoves {
            left,
            ..PeopleMoves::default()
        },
        moved: moved.collect(),
        ..SectionParts::default()
    }));
    TailEntry {
        index: LogIndex(index),
        crc32c: crc32c::crc32c(&section),
        section,
    }
}

async fn check(world: &World, shard: &Shard) {
    let (everybody, _) = holders(world, shard, LANDING - 1).await;
    let moved: usize = LOSERS.iter().map(|l| everybody[&person(*l).get()]).sum();
    for index in (10..=LANDING + 5).step_by(5) {
        let (holders, sum) = holders(world, shard, index).await;
        let entries = ((index.min(65) - 10) / 5 + 1) as i64;
        let rows: usize = holders.values().sum();
        assert_eq!(rows as i64, entries * 3, "rows at {index}");
        assert_eq!(sum, (0..entries * 3).sum::<i64>(), "amounts at {index}");
        let state = shard.state();
        let alive = state.people.at(LogIndex(index)).expect("readable");
        for oneid in holders.keys() {
            let holder = OneId::from_i64(*oneid).expect("a OneID");
            assert!(alive.contains(holder.ordinal()), "{holder} at {index}");
        }
        if index >= LANDING {
            let survivor = person(SURVIVOR).get();
            assert_eq!(holders[&survivor], everybody[&survivor] + moved);
            assert_eq!(state.people.len_at(LogIndex(index)), Ok(24 - 3));
        }
    }
}

#[tokio::test]
async fn landed_rows_are_seen_once_at_every_index_however_they_are_stored() {
    for flushed_before in [false, true] {
        let world = World::new();
        history(&world.home);
        let mut upkeep = world.open(1).await;
        world.catch_up(&upkeep.shard, 65).await;
        if flushed_before {
            flush(&mut upkeep).await.expect("flushes");
        }
        let moving = collected(&world, &upkeep.shard, 65, &LOSERS).await;
        assert_eq!(moving.people, LOSERS.len());
        let left = LOSERS.map(Departure::of_all).to_vec();
        world
            .home
            .append(shard_id(1), landing(LANDING, &moving, left));
        world.catch_up(&upkeep.shard, LANDING).await;
        check(&world, &upkeep.shard).await;
        flush(&mut upkeep).await.expect("flushes");
        check(&world, &upkeep.shard).await;
        let again = world.open(1).await;
        check(&world, &again.shard).await;
    }
}

#[tokio::test]
async fn a_person_with_more_rows_than_fit_moves_in_portions() {
    const LOSER: u32 = 4;
    /// Well behind what the coordinator in memory has told to be complete.
    const REST: u64 = LANDING + 10;
    let world = World::new();
    history(&world.home);
    let mut upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    let first = collected_within(&world, &upkeep.shard, 65, &[LOSER], 1).await;
    assert_eq!(first.people, 0);
    assert!(first.below.is_some());
    let portion = Departure {
        below: first.below,
        ..Departure::of_all(LOSER)
    };
    let entry = landing(LANDING, &first, vec![portion]);
    world.home.append(shard_id(1), entry);
    world.catch_up(&upkeep.shard, LANDING).await;
    flush(&mut upkeep).await.expect("flushes");
    let rest = collected(&world, &upkeep.shard, LANDING, &[LOSER]).await;
    assert_eq!((rest.people, rest.below), (1, None));
    let entry = landing(REST, &rest, vec![Departure::of_all(LOSER)]);
    world.home.append(shard_id(1), entry);
    world.catch_up(&upkeep.shard, REST).await;
    let again = world.open(1).await;
    world.catch_up(&again.shard, REST).await;
    for shard in [&upkeep.shard, &again.shard] {
        for (index, of_loser) in [(65, 2), (LANDING, 1), (REST, 0)] {
            let (holders, sum) = holders(&world, shard, index).await;
            let of = |ordinal| holders.get(&person(ordinal).get()).copied().unwrap_or(0);
            assert_eq!(
                (of(LOSER), of(SURVIVOR)),
                (of_loser, 4 - of_loser),
                "{index}"
            );
            assert_eq!(holders.values().sum::<usize>(), 36, "rows at {index}");
            assert_eq!(sum, (0..36).sum::<i64>(), "amounts at {index}");
            let alive = shard.state().people.len_at(LogIndex(index));
            assert_eq!(alive, Ok(24 - u64::from(of_loser == 0)), "{index}");
        }
    }
}

#[tokio::test]
async fn as_many_people_are_collected_as_fit() {
    let world = World::new();
    history(&world.home);
    let upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    let snapshot = Snapshot {
        shard: shard_id(1),
        state: upkeep.shard.state(),
        index: LogIndex(65),
    };
    let everybody = (0..24).map(|ordinal| Leaver {
        person: person(ordinal),
        origins: Vec::new(),
    });
    let everybody: Vec<Leaver> = everybody.collect();
    let of = |bytes_max| {
        let collect = Collect {
            leavers: everybody.clone(),
            tables: Vec::new(),
            bytes_max,
        };
        let (snapshot, blocks) = (snapshot.clone(), world.blocks());
        async move {
            let moving = collect_rows(&snapshot, &blocks, &collect).await;
            moving.expect("collected").people
        }
    };
    assert_eq!(of(1).await, 0);
    assert_eq!(of(usize::MAX).await, 24);
    let mut before = 0;
    let mut some = false;
    for bytes_max in (0..20).map(|power| 1 << power) {
        let people = of(bytes_max).await;
        assert!(people >= before, "{people} people in {bytes_max} bytes");
        some |= (2..24).contains(&people);
        before = people;
    }
    assert!(some, "no limit lets some people through and some not");
}
