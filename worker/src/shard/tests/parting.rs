//! Rows that come back: merged, parted and merged again, at every index each row belongs to one
//! living person, wherever the rows are stored.

use std::collections::BTreeMap;
use std::io::Cursor;

use arrow::array::{ArrayRef, Int64Array};
use arrow::ipc::{reader::StreamReader, writer::StreamWriter};
use tagma_core::OneId;
use tagma_core::id::RowSeq;
use tagma_core::journal::Departure;

use super::landing::{moved_to, person};
use super::*;
use crate::exec::{Collect, Leaver, Moving, Snapshot, collect_rows};
use crate::testing::order_stream;

const SURVIVOR: u32 = 0;
const LOSER: u32 = 4;

/// Index of each step.
const MERGED: u64 = 70;
const TOLD_OF_LOSER: u64 = 75;
const PARTED: u64 = 80;
const TOLD_AGAIN: u64 = 85;
const SOME_BACK: u64 = 90;
const ALL_BACK: u64 = 95;
const MERGED_AGAIN: u64 = 100;
const PARTED_AGAIN: u64 = 105;
const BACK_AGAIN: u64 = 110;
const END: u64 = 112;

/// What is done to the shard after each entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Flush,
    FlushAndMergeRuns,
    Restart,
}

struct Life {
    world: World,
    upkeep: Upkeep,
    between: Between,
}

impl Life {
    async fn entry(&mut self, entry: TailEntry) {
        let index = entry.index.0;
        self.world.home.append(shard_id(1), entry);
        self.world.catch_up(&self.upkeep.shard, index).await;
        if self.between != Between::Nothing {
            flush(&mut self.upkeep).await.expect("flushes");
        }
        if self.between == Between::FlushAndMergeRuns {
            while compact(&mut self.upkeep).await.expect("merges") {}
        }
        if self.between == Between::Restart {
            self.upkeep = self.world.open(1).await;
        }
    }

    async fn collect(&self, index: u64, people: &[u32], origins: &[u32], bytes: usize) -> Moving {
        let snapshot = Snapshot {
            shard: shard_id(1),
            state: self.upkeep.shard.state(),
            index: LogIndex(index),
        };
        let leavers = people.iter().map(|ordinal| Leaver {
            person: person(*ordinal),
            origins: origins.iter().map(|origin| person(*origin)).collect(),
        });
        let collect = Collect {
            leavers: leavers.collect(),
            tables: Vec::new(),
            bytes_max: bytes,
        };
        let moving = collect_rows(&snapshot, &self.world.blocks(), &collect).await;
        moving.expect("collected")
    }

    /// Every row at an index, by arrival: who has it, and what it came in under.
    async fn rows(&self, index: u64) -> BTreeMap<i64, (i64, i64)> {
        let everybody: Vec<u32> = (0..24).collect();
        let moving = self.collect(index, &everybody, &[], 0).await;
        let mut rows = BTreeMap::new();
        for (_, stream) in &moving.tables {
            for batch in StreamReader::try_new(Cursor::new(stream), None).expect("a stream") {
                let batch = batch.expect("a batch");
                let column = |name: &str| batch[name].as_primitive::<Int64Type>().values().to_vec();
                let (people, seqs) = (column("oneid"), column("_seq"));
                for ((oneid, seq), origin) in people.iter().zip(seqs).zip(column("_origin")) {
                    let twice = rows.insert(seq, (*oneid, origin));
                    assert_eq!(twice, None, "row {seq} is there twice at {index}");
                }
            }
        }
        rows
    }

    /// The loser's rows go to the survivor.
    async fn merge(&mut self, read_at: u64, index: u64) {
        let moving = self.collect(read_at, &[LOSER], &[], 0).await;
        let left = PeopleMoves {
            left: vec![Departure::of_all(LOSER)],
            ..PeopleMoves::default()
        };
        self.entry(moved_to(index, &moving, SURVIVOR, left)).await;
    }

    async fn part(&mut self, index: u64) {
        let people = PeopleMoves {
            revived: vec![LOSER],
            ..PeopleMoves::default()
        };
        let nothing = Moving::default();
        self.entry(moved_to(index, &nothing, LOSER, people)).await;
    }

    /// Rows of the loser come back, of at most so many bytes: whether all are back.
    async fn bring_back(&mut self, read_at: u64, index: u64, bytes: usize) -> bool {
        let moving = self.collect(read_at, &[SURVIVOR], &[LOSER], bytes).await;
        let below = moving.below.unwrap_or(RowSeq::end_of(LogIndex(read_at)).0);
        let departure = Departure {
            ordinal: SURVIVOR,
            origins: Some(vec![person(LOSER)]),
            below: Some(below),
        };
        let left = PeopleMoves {
            left: vec![departure],
            ..PeopleMoves::default()
        };
        self.entry(moved_to(index, &moving, LOSER, left)).await;
        moving.people > 0
    }

    /// A row that came in under the loser and goes to `to`.
    async fn told(&mut self, index: u64, to: u32, amount: i64) {
        let rows = order_stream(shard_id(1), 0, &[order(to, 0, amount)]);
        let rows = StreamReader::try_new(Cursor::new(&rows), None).expect("a stream");
        let batch = rows.map(|batch| batch.expect("a batch")).next();
        let batch = batch.expect("one batch");
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        let place = batch.schema().index_of("_origin").expect("_origin");
        columns[place] = Arc::new(Int64Array::from(vec![Some(person(LOSER).get())]));
        let batch = RecordBatch::try_new(batch.schema(), columns).expect("a batch");
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
        writer.write(&batch).expect("written");
        let stream = writer.into_inner().expect("finished");
        let section = bytes::Bytes::from(encode_section(&SectionParts {
            tables: vec![(name("orders"), stream)],
            ..SectionParts::default()
        }));
        self.entry(TailEntry {
            index: LogIndex(index),
            crc32c: crc32c::crc32c(&section),
            section,
        })
        .await;
    }

    /// At every index: each row once, with a living person, and with the right one.
    async fn check(&self, through: u64) {
        let merged_at = |index| {
            (MERGED..PARTED).contains(&index) || (MERGED_AGAIN..PARTED_AGAIN).contains(&index)
        };
        let home = self.rows(MERGED - 1).await;
        for index in 10..=through {
            let rows = self.rows(index).await;
            let entries = (index.min(65) - 10) / 5 + 1;
            let told = u64::from(index >= TOLD_OF_LOSER) + u64::from(index >= TOLD_AGAIN);
            assert_eq!(rows.len() as u64, entries * 3 + told, "rows at {index}");
            let state = self.upkeep.shard.state();
            let alive = state.people.at(LogIndex(index)).expect("readable");
            let is_loser_alive = alive.contains(LOSER);
            assert_eq!(is_loser_alive, index >= 20 && !merged_at(index), "{index}");
            for (seq, (oneid, origin)) in &rows {
                let holder = OneId::from_i64(*oneid).expect("a OneID");
                assert!(alive.contains(holder.ordinal()), "{holder} at {index}");
                if let Some((owner, came_under)) = home.get(seq) {
                    assert_eq!(came_under, origin, "row {seq} at {index}");
                    assert!(owner == oneid || *owner == person(LOSER).get(), "{index}");
                }
            }
            let of_loser = rows.values().filter(|row| row.0 == person(LOSER).get());
            assert_eq!(of_loser.count(), of_loser_at(index), "{index}");
        }
    }
}

/// How many rows the loser has: two of its own, one that came in under it while it was merged, and
/// one after it was parted.
fn of_loser_at(index: u64) -> usize {
    match index {
        0..20 => 0,
        20..MERGED => 2,
        MERGED..TOLD_AGAIN => 0,
        TOLD_AGAIN..SOME_BACK => 1,
        SOME_BACK..ALL_BACK => 2,
        ALL_BACK..MERGED_AGAIN => 4,
        MERGED_AGAIN..BACK_AGAIN => 0,
        BACK_AGAIN.. => 4,
    }
}

async fn live(between: Between) -> Life {
    let world = World::new();
    history(&world.home);
    let upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    let mut life = Life {
        world,
        upkeep,
        between,
    };
    life.merge(65, MERGED).await;
    life.told(TOLD_OF_LOSER, SURVIVOR, 50).await;
    life.part(PARTED).await;
    life.told(TOLD_AGAIN, LOSER, 60).await;
    life.check(TOLD_AGAIN).await;
    // One row a portion, then all others.
    assert!(!life.bring_back(TOLD_AGAIN, SOME_BACK, 1).await);
    assert!(life.bring_back(SOME_BACK, ALL_BACK, 0).await);
    life.check(ALL_BACK).await;
    life.merge(ALL_BACK, MERGED_AGAIN).await;
    life.part(PARTED_AGAIN).await;
    assert!(life.bring_back(PARTED_AGAIN, BACK_AGAIN, 0).await);
    life.check(END).await;
    life
}

#[tokio::test]
async fn rows_that_leave_and_come_back_are_seen_once_at_every_index() {
    for between in [
        Between::Nothing,
        Between::Flush,
        Between::FlushAndMergeRuns,
        Between::Restart,
    ] {
        let mut life = live(between).await;
        flush(&mut life.upkeep).await.expect("flushes");
        while compact(&mut life.upkeep).await.expect("merges") {}
        life.check(END).await;
        life.upkeep = life.world.open(1).await;
        life.check(END).await;
    }
}

#[tokio::test]
async fn nobody_comes_back_who_was_never_there() {
    let world = World::new();
    history(&world.home);
    let upkeep = world.open(1).await;
    let people = PeopleMoves {
        revived: vec![24],
        ..PeopleMoves::default()
    };
    let entry = moved_to(MERGED, &Moving::default(), 0, people);
    world.home.append(shard_id(1), entry);
    world.catch_up(&upkeep.shard, MERGED).await;
    assert_eq!(upkeep.shard.state().applied, LogIndex(65));
    assert!(matches!(
        *upkeep.shard.news().borrow(),
        (_, Status::Stopped(_))
    ));
}
