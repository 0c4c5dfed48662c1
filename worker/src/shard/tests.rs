//! A shard through its life: entries, flushes, merges, restarts, damage; answers must not change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use tagma_core::journal::{PeopleMoves, SectionParts, encode_section};
use tagma_core::{ErrorKind, LogIndex, ShardEpoch};
use tagma_sql::run::{BlockReader, RunOptions, merge_runs};
use tagma_store::Store;

use super::*;
use crate::agent::{Home, TailEntry};
use crate::testing::{CLUSTER, FakeHome, Order, dead_letter_stream, entry, name, orders, shard_id};

mod keyed;
mod landing;
mod letters;
mod parting;

struct World {
    home: Arc<FakeHome>,
    store: Store,
    _directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open_local(directory.path()).expect("a store");
        let home = FakeHome::new();
        home.give(shard_id(1), 1);
        Self {
            home,
            store,
            _directory: directory,
        }
    }

    fn blocks(&self) -> BlockReader {
        BlockReader::new(self.store.object_store(), 16)
    }

    async fn open(&self, epoch: u64) -> Upkeep {
        let key = self.home.manifest(shard_id(1));
        let opened = open(&self.store, shard_id(1), ShardEpoch(epoch), key.as_deref()).await;
        let (shard, checkpoint) = opened.expect("opens");
        Upkeep {
            shard,
            store: self.store.clone(),
            blocks: self.blocks(),
            home: Arc::clone(&self.home) as Arc<dyn Home>,
            cluster_id: CLUSTER.to_owned(),
            schemas: Arc::default(),
            owned: self.home.answers.subscribe(),
            limits: UpkeepLimits::default(),
            base: key,
            base_since: LogIndex::ZERO,
            checkpoint,
            dead: super::Dead::default(),
        }
    }

    /// Follows the journal until everything appended is applied.
    async fn catch_up(&self, shard: &Arc<Shard>, index: u64) {
        let home = Arc::clone(&self.home) as Arc<dyn Home>;
        let tail = tokio::spawn(follow(Arc::clone(shard), home, CLUSTER.to_owned()));
        let mut news = shard.news();
        let done = |news: &(LogIndex, Status)| {
            news.0 >= LogIndex(index) || matches!(news.1, Status::Stopped(_))
        };
        news.wait_for(done).await.expect("news");
        tail.abort();
    }

    /// Arrivals and amounts of all orders, and people alive, at an index.
    async fn answer(&self, shard: &Shard, index: u64) -> (u64, Vec<(i64, i64)>) {
        let state = shard.state();
        let table = state.tables.get("orders").cloned().unwrap_or_default();
        let mut batches: Vec<RecordBatch> = Vec::new();
        for hot in &table.hot {
            batches.extend(hot.batches.iter().cloned());
        }
        for run in &table.runs {
            batches.extend(self.read(run).await);
        }
        let mut rows: Vec<(i64, i64)> = Vec::new();
        for batch in &batches {
            let column = |name| batch[name].as_primitive::<Int64Type>().values().to_vec();
            rows.extend(column("_seq").into_iter().zip(column("amount")));
        }
        rows.retain(|(seq, _)| (*seq >> 23) as u64 <= index);
        rows.sort_unstable();
        (
            state.people.len_at(LogIndex(index)).expect("readable"),
            rows,
        )
    }

    /// The rows of a run, by merging it alone and reading the Parquet of the result.
    async fn read(&self, run: &Arc<tagma_sql::run::RunMeta>) -> Vec<RecordBatch> {
        let options = RunOptions {
            key: "x".to_owned(),
            level: 0,
            partition: None,
            section_rows: usize::MAX,
        };
        let merged = merge_runs(&orders(), &[Arc::clone(run)], &self.blocks(), &options).await;
        let merged = merged.expect("readable");
        let mut batches = Vec::new();
        for section in &merged.meta.sections {
            let range = section.offset as usize..(section.offset + section.length) as usize;
            let bytes = bytes::Bytes::copy_from_slice(&merged.bytes[range]);
            let reader =
                parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(bytes, 512);
            batches.extend(
                reader
                    .expect("parquet")
                    .map(|batch| batch.expect("a batch")),
            );
        }
        batches
    }
}

fn order(ordinal: u32, at: i64, amount: i64) -> Order {
    (
        ordinal,
        at,
        if amount % 2 == 0 { "pay" } else { "refund" },
        amount,
    )
}

/// Twelve entries: in each two people and three orders.
fn history(home: &FakeHome) {
    for number in 0..12_u32 {
        let index = 10 + u64::from(number) * 5;
        let rows: Vec<Order> = (0..3)
            .map(|row| {
                order(
                    number * 2 + row % 2,
                    i64::from(number) * 1_000,
                    i64::from(number * 3 + row),
                )
            })
            .collect();
        home.append(
            shard_id(1),
            entry(shard_id(1), index, (number * 2, 2), &rows, &[]),
        );
    }
}

const INDEXES: [u64; 7] = [0, 9, 10, 14, 27, 40, 65];

async fn answers(world: &World, shard: &Shard) -> Vec<(u64, Vec<(i64, i64)>)> {
    let mut all = Vec::new();
    for index in INDEXES {
        all.push(world.answer(shard, index).await);
    }
    all
}

#[tokio::test]
async fn entries_are_readable_at_every_index() {
    let world = World::new();
    history(&world.home);
    let upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    assert_eq!(world.answer(&upkeep.shard, 9).await, (0, vec![]));
    assert_eq!(world.answer(&upkeep.shard, 10).await.0, 2);
    let (people, rows) = world.answer(&upkeep.shard, 27).await;
    assert_eq!(people, 8);
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[3], (15 << 23, 3));
    assert_eq!(upkeep.shard.state().ordinals, 24);
}

#[tokio::test]
async fn flush_merge_and_restart_change_no_answer() {
    let world = World::new();
    history(&world.home);
    let mut upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    let expected = answers(&world, &upkeep.shard).await;
    flush(&mut upkeep).await.expect("flushes");
    let state = upkeep.shard.state();
    assert_eq!((state.unflushed, state.hot_bytes()), (0, 0));
    assert_eq!(state.tables["orders"].runs.len(), 1);
    assert_eq!(answers(&world, &upkeep.shard).await, expected);

    let reopened = world.open(1).await;
    assert_eq!(
        reopened.shard.state().applied,
        upkeep.checkpoint.manifest.flushed
    );
    assert_eq!(answers(&world, &reopened.shard).await, expected);
    assert!(!compact(&mut upkeep).await.expect("nothing to merge"));
}

#[tokio::test]
async fn many_runs_become_one_of_the_next_level() {
    let world = World::new();
    let mut upkeep = world.open(1).await;
    for number in 0..6_u32 {
        let rows = [order(number, 5, i64::from(number)), order(0, 3, 7)];
        let index = 100 + u64::from(number) * 10;
        let entry = entry(
            shard_id(1),
            index,
            (number, 1),
            &rows,
            &[(number, "phone", "1")],
        );
        world.home.append(shard_id(1), entry);
        world.catch_up(&upkeep.shard, index).await;
        flush(&mut upkeep).await.expect("flushes");
    }
    let expected = world.answer(&upkeep.shard, 1_000).await;
    assert_eq!((expected.0, expected.1.len()), (6, 12));
    let count = |state: &ShardState, table: &str| state.tables[table].runs.len();
    assert_eq!(count(&upkeep.shard.state(), "orders"), 6);
    assert!(compact(&mut upkeep).await.expect("merges identities"));
    assert!(compact(&mut upkeep).await.expect("merges orders"));
    assert!(!compact(&mut upkeep).await.expect("nothing left"));
    let state = upkeep.shard.state();
    assert_eq!(
        (count(&state, "orders"), count(&state, "identities")),
        (1, 1)
    );
    assert_eq!(state.tables["orders"].runs[0].level, 1);
    assert_eq!(upkeep.checkpoint.manifest.garbage.len(), 12);
    assert_eq!(world.answer(&upkeep.shard, 1_000).await, expected);
    let reopened = world.open(1).await;
    assert_eq!(world.answer(&reopened.shard, 1_000).await, expected);
}

#[tokio::test]
async fn replaced_runs_and_what_an_earlier_epoch_has_left_go_after_the_read_window() {
    let world = World::new();
    let mut upkeep = world.open(1).await;
    for number in 0..6_u32 {
        let rows = [order(number, 5, i64::from(number))];
        let index = 100 + u64::from(number) * 10;
        let entry = entry(shard_id(1), index, (number, 1), &rows, &[]);
        world.home.append(shard_id(1), entry);
        world.catch_up(&upkeep.shard, index).await;
        flush(&mut upkeep).await.expect("flushes");
    }
    assert!(compact(&mut upkeep).await.expect("merges"));
    let expected = world.answer(&upkeep.shard, 1_000).await;
    let mut replaced: Vec<String> = upkeep
        .checkpoint
        .manifest
        .garbage
        .iter()
        .map(|g| g.key.clone())
        .collect();
    replaced.sort_unstable();
    assert_eq!(replaced.len(), 6);
    let all = async || -> Vec<String> {
        let listed = world.store.list("shard/00001").await.expect("listed");
        listed.into_iter().map(|(key, _)| key).collect()
    };
    let before = all().await;

    let (interval, window) = (upkeep.limits.clean_interval, upkeep.limits.clean_window);
    let start = Instant::now();
    assert_eq!(clean(&mut upkeep, start).await.expect("not yet"), 0);
    let seen = start + interval;
    assert_eq!(clean(&mut upkeep, seen).await.expect("seen"), 0);
    assert_eq!(
        clean(&mut upkeep, seen + window / 2).await.expect("kept"),
        0
    );
    assert_eq!(all().await, before, "somebody may read them still");
    assert_eq!(clean(&mut upkeep, seen + window).await.expect("gone"), 6);
    let left: Vec<String> = before
        .iter()
        .filter(|k| !replaced.contains(k))
        .cloned()
        .collect();
    assert_eq!(all().await, left);
    assert!(upkeep.checkpoint.manifest.garbage.is_empty());
    assert_eq!(world.answer(&upkeep.shard, 1_000).await, expected);

    // The next owner keeps what its manifest names, and nothing else of earlier epochs.
    world.home.give(shard_id(1), 2);
    let mut next = world.open(2).await;
    assert_eq!(world.answer(&next.shard, 1_000).await, expected);
    clean(&mut next, start).await.expect("not yet");
    clean(&mut next, seen).await.expect("seen");
    clean(&mut next, seen + window).await.expect("gone");
    let run = next.checkpoint.manifest.tables[0].runs[0].key.clone();
    let mut named = vec![next.base.clone().expect("a manifest"), run];
    named.sort_unstable();
    assert_eq!(all().await, named);
    let again = world.open(2).await;
    assert_eq!(world.answer(&again.shard, 1_000).await, expected);
}

#[tokio::test]
async fn rows_that_come_during_a_flush_stay_in_memory() {
    let world = World::new();
    history(&world.home);
    let upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    let before = upkeep.shard.state();
    let late = entry(shard_id(1), 90, (24, 1), &[order(24, 1, 99)], &[]);
    world.home.append(shard_id(1), late);
    world.catch_up(&upkeep.shard, 90).await;
    upkeep.shard.flushed(&before, &BTreeMap::new());
    let state = upkeep.shard.state();
    assert_eq!(state.tables["orders"].hot_rows(), 1);
    assert_eq!((state.unflushed, state.flushed), (1, before.applied));
    assert!(upkeep.shard.unflushed_since().is_some());
}

#[tokio::test]
async fn large_tables_flush_by_month() {
    let world = World::new();
    let mut upkeep = world.open(1).await;
    upkeep.limits.partition_rows = 3;
    let day = 86_400_000_000;
    let rows = [order(0, 0, 1), order(0, 31 * day, 2), order(0, 32 * day, 4)];
    world
        .home
        .append(shard_id(1), entry(shard_id(1), 7, (0, 1), &rows, &[]));
    world.catch_up(&upkeep.shard, 7).await;
    let expected = world.answer(&upkeep.shard, 7).await;
    flush(&mut upkeep).await.expect("flushes");
    let state = upkeep.shard.state();
    let runs = state.tables["orders"].runs.iter();
    let months: Vec<_> = runs
        .map(|run| (run.partition.map(|p| p.month), run.rows))
        .collect();
    assert_eq!(months, [(Some(1), 1), (Some(2), 2)]);
    assert_eq!(world.answer(&upkeep.shard, 7).await, expected);
}

#[tokio::test]
async fn dead_letters_are_flushed_like_other_rows() {
    let world = World::new();
    let mut upkeep = world.open(1).await;
    for index in [7_u64, 100] {
        let section = bytes::Bytes::from(encode_section(&SectionParts {
            tables: vec![(name("dead_letters"), dead_letter_stream(0, &[index, 2]))],
            ..SectionParts::default()
        }));
        let entry = TailEntry {
            index: LogIndex(index),
            crc32c: crc32c::crc32c(&section),
            section,
        };
        world.home.append(shard_id(1), entry);
        world.catch_up(&upkeep.shard, index).await;
        flush(&mut upkeep).await.expect("flushes");
    }
    let state = upkeep.shard.state();
    let runs = state.tables["dead_letters"].runs.iter();
    assert_eq!(runs.map(|run| run.rows).collect::<Vec<_>>(), [2, 2]);
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_to_stand() {
    for kind in [ErrorKind::Timeout, ErrorKind::Unavailable] {
        for taken in [true, false] {
            let world = World::new();
            history(&world.home);
            let mut upkeep = world.open(1).await;
            world.catch_up(&upkeep.shard, 65).await;
            let expected = answers(&world, &upkeep.shard).await;
            upkeep.owned.borrow_and_update();
            world.home.lie(taken, kind);
            flush(&mut upkeep).await.expect("flushes in the end");
            assert_eq!(upkeep.base, world.home.manifest(shard_id(1)));
            assert_eq!(answers(&world, &upkeep.shard).await, expected);
        }
    }
}

#[tokio::test]
async fn an_answer_from_before_the_base_loses_no_shard() {
    let world = World::new();
    history(&world.home);
    let mut upkeep = world.open(1).await;
    let before = world.home.answers.borrow().clone();
    world.catch_up(&upkeep.shard, 65).await;
    flush(&mut upkeep).await.expect("flushes");
    assert!(upkeep.base_since > before.applied);

    let next = entry(shard_id(1), 90, (24, 1), &[order(24, 1, 99)], &[]);
    world.home.append(shard_id(1), next);
    world.catch_up(&upkeep.shard, 90).await;
    upkeep.owned.borrow_and_update();
    world.home.lie(false, ErrorKind::Unavailable);
    world.home.tell_after_next_lie(before.clone());
    let mut answers = world.home.answers.subscribe();
    let fresh = async {
        let told = answers.wait_for(|answer| answer.applied == before.applied);
        told.await.expect("answers");
        world.home.keep_from(1);
    };
    let (flushed, ()) = tokio::join!(flush(&mut upkeep), fresh);
    flushed.expect("it is this worker's still");
    assert_eq!(upkeep.base, world.home.manifest(shard_id(1)));
}

#[tokio::test]
async fn an_owner_of_an_old_epoch_commits_nothing() {
    let world = World::new();
    history(&world.home);
    let mut upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    upkeep.owned.borrow_and_update();
    world.home.give(shard_id(1), 2);
    let error = flush(&mut upkeep).await.expect_err("fenced");
    assert!(matches!(error, Error::Lost { .. }), "{error}");
    assert_eq!(world.home.manifest(shard_id(1)), None);
    assert_eq!(upkeep.shard.state().tables["orders"].hot_rows(), 36);
}

#[tokio::test]
async fn a_damaged_entry_stops_the_shard_before_it() {
    let flip = |bytes: &bytes::Bytes, at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0x40;
        bytes::Bytes::from(bytes)
    };
    for checksum_fits in [false, true] {
        let world = World::new();
        history(&world.home);
        let mut bad = entry(shard_id(1), 90, (24, 1), &[order(24, 1, 99)], &[]);
        bad.section = flip(&bad.section, 2);
        if checksum_fits {
            bad.crc32c = crc32c::crc32c(&bad.section);
        }
        world.home.append(shard_id(1), bad);
        let upkeep = world.open(1).await;
        world.catch_up(&upkeep.shard, 90).await;
        let Status::Stopped(error) = upkeep.shard.status() else {
            panic!("the shard goes on");
        };
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("entry 90"), "{error}");
        assert_eq!(upkeep.shard.state().applied, LogIndex(65));
        assert_eq!(world.answer(&upkeep.shard, 65).await.0, 24);
    }
}

#[tokio::test]
async fn an_entry_that_leaves_people_out_stops_the_shard() {
    let world = World::new();
    let gap = entry(shard_id(1), 5, (3, 1), &[], &[]);
    world.home.append(shard_id(1), gap);
    let upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 5).await;
    assert!(matches!(upkeep.shard.status(), Status::Stopped(_)));
}

#[tokio::test]
async fn damaged_and_missing_objects_are_named_when_a_shard_is_opened() {
    let world = World::new();
    history(&world.home);
    let mut upkeep = world.open(1).await;
    world.catch_up(&upkeep.shard, 65).await;
    flush(&mut upkeep).await.expect("flushes");
    let run = upkeep.shard.state().tables["orders"].runs[0].key.clone();
    world.store.delete(&run).await.expect("deleted");
    let key = world.home.manifest(shard_id(1)).expect("a manifest");
    let opened = open(&world.store, shard_id(1), ShardEpoch(1), Some(&key)).await;
    let error = opened.expect_err("a run is missing");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let cause = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert!(cause.contains(&run), "{cause}");
    assert!(
        open(&world.store, shard_id(2), ShardEpoch(1), Some(&key))
            .await
            .is_err()
    );
}

#[test]
fn flushes_are_due_by_rows_bytes_and_age_and_never_without_news() {
    let limits = UpkeepLimits::default();
    let shard = Shard::new(shard_id(1), ShardEpoch(1), ShardState::default());
    let now = Instant::now();
    assert!(!limits.reached(&shard, now));
    shard.advance(LogIndex(1_000));
    assert!(!limits.reached(&shard, now + limits.age));
    let created = tagma_core::catalog::CreatedPeople {
        shard: shard_id(1),
        first: 0,
        count: 5,
    };
    let section = Section {
        people: PeopleMoves::default(),
        created: Some(created),
        tables: Vec::new(),
    };
    shard.apply(LogIndex(1_001), section).expect("applies");
    let since = shard.unflushed_since().expect("something waits");
    assert!(!limits.reached(&shard, since));
    assert!(limits.reached(&shard, since + limits.age));
    let rows = |rows, bytes| Section {
        people: PeopleMoves::default(),
        created: None,
        tables: vec![(
            name("orders"),
            HotRows {
                index: LogIndex(1_002),
                batches: Vec::new(),
                rows,
                bytes,
            },
        )],
    };
    shard
        .apply(LogIndex(1_002), rows(limits.rows - 1, 1))
        .expect("applies");
    assert!(!limits.reached(&shard, since));
    shard.apply(LogIndex(1_003), rows(1, 1)).expect("applies");
    assert!(limits.reached(&shard, since));
    let few = UpkeepLimits {
        rows: usize::MAX,
        bytes: 2,
        age: Duration::MAX,
        ..limits
    };
    assert!(few.reached(&shard, since));
}
