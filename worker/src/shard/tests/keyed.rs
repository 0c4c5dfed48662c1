//! Tables whose rows replace each other, and tables that become wider: what SQL reads at every
//! index, in memory, flushed, merged, reopened, and after people became one.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, StringArray, TimestampMicrosecondArray};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::catalog::CreatedPeople;
use tagma_core::job::TagJobSpec;
use tagma_core::journal::Departure;
use tagma_core::schema::{ColumnType, TableKind, TableSchema, TagKind};
use tagma_core::time::Zone;
use tagma_core::{AsOf, Value};
use tagma_sql::tables::EnginePeople;
use tagma_sql::{ShardAt, SqlRuntime, SqlRuntimeOptions, TagSpec, run_tag};

use super::landing::{LANDING, LOSERS, SURVIVOR, collected, landing};
use super::*;
use crate::exec::{Snapshot, SqlThreads, tables};
use crate::testing::{ids, stream, wide_orders};

const WHATS: [&str; 3] = ["pay", "refund", "gift"];
const PEOPLE: u32 = 24;
const LAST: u64 = 100;

/// `orders` of a kind with the key `what` and the version `paid_at`.
fn keyed(kind: TableKind) -> TableSchema {
    let mut table = orders();
    table.kind = kind;
    (table.time, table.event) = (None, None);
    table.key = vec![name("what")];
    table.version = Some(name("paid_at"));
    table
}

/// SQL over a shard.
struct Sql {
    threads: SqlThreads,
    _spill: tempfile::TempDir,
}

impl Sql {
    fn new(world: &World) -> Self {
        let spill = tempfile::tempdir().expect("a folder");
        let options = SqlRuntimeOptions {
            memory_bytes: 64 << 20,
            spill_dir: spill.path().to_path_buf(),
            spill_bytes: 64 << 20,
            cached_blocks: 16,
        };
        let runtime = SqlRuntime::new(&options, world.store.object_store()).expect("a runtime");
        Self {
            threads: SqlThreads::new(runtime, 1).expect("threads"),
            _spill: spill,
        }
    }

    /// What `sql` gives at an index where `table` looks so: hundredths by ordinal.
    async fn ask(
        &self,
        shard: &Shard,
        table: &TableSchema,
        index: u64,
        sql: &str,
    ) -> Vec<(u32, i128)> {
        let snapshot = Snapshot {
            shard: shard.id(),
            state: shard.state(),
            index: LogIndex(index),
        };
        let job = TagJobSpec {
            tags: Vec::new(),
            tables: vec![table.clone()],
            published: Vec::new(),
            zone: "UTC".to_owned(),
        };
        let alive = snapshot.state.people.at(snapshot.index).expect("readable");
        let at = ShardAt {
            shard: snapshot.shard,
            as_of: AsOf(0),
            tables: tables(&snapshot, &job, Zone::UTC).expect("a zone"),
            people: Arc::new(EnginePeople::new(alive, Vec::new())),
        };
        let spec = TagSpec {
            name: name("asked"),
            kind: TagKind::Decimal {
                precision: 18,
                scale: 2,
            },
            sql: sql.to_owned(),
            zone: Zone::UTC,
            timeout: None,
        };
        let runtime = self.threads.sql().clone();
        let run = self.threads.run(async move {
            let mut values = Vec::new();
            let mut sink = |person: tagma_core::OneId, value: Value| {
                let Value::Decimal { unscaled, .. } = value else {
                    panic!("{value:?}");
                };
                values.push((person.ordinal(), unscaled));
                Ok(())
            };
            run_tag(&runtime, &spec, &at, &mut sink)
                .await
                .map(|_| values)
        });
        run.await.expect("no panic").expect("runs")
    }
}

const SUMS: &str = "SELECT oneid, sum(amount) AS value FROM orders GROUP BY oneid";

/// A row: index, row, person, version, key, amount.
type Came = (u64, i64, u32, i64, &'static str, i64);

/// Entries at 10, 15, … with people and random rows.
fn random_history(world: &World, random: &mut StdRng, indexes: &[u64]) -> Vec<Came> {
    let mut came = Vec::new();
    for index in indexes {
        let created = if *index == 10 {
            (0, PEOPLE)
        } else {
            (PEOPLE, 0)
        };
        let gone = |ordinal: &u32| *index > LANDING && LOSERS.contains(ordinal);
        let mut rows: Vec<Order> = Vec::new();
        for row in 0..30 {
            let mut ordinal = random.random_range(0..PEOPLE / 2);
            if gone(&ordinal) {
                ordinal = SURVIVOR;
            }
            let what = WHATS[random.random_range(0..WHATS.len())];
            let (version, amount) = (random.random_range(0..6), 1 << random.random_range(0..20));
            rows.push((ordinal, version, what, amount));
            came.push((*index, row, ordinal, version, what, amount));
        }
        let entry = entry(shard_id(1), *index, created, &rows, &[]);
        world.home.append(shard_id(1), entry);
    }
    came
}

/// The sums that count at an index.
fn expected(came: &[Came], index: u64) -> Vec<(u32, i128)> {
    let mut newest: BTreeMap<(u32, &str), (i64, u64, i64, i64)> = BTreeMap::new();
    for (at, row, ordinal, version, what, amount) in came.iter().filter(|row| row.0 <= index) {
        let has_moved = index >= LANDING && LOSERS.contains(ordinal);
        let holder = if has_moved { SURVIVOR } else { *ordinal };
        let new = (*version, *at, *row, *amount);
        let known = newest.entry((holder, what)).or_insert(new);
        *known = (*known).max(new);
    }
    let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
    for ((holder, _), (.., amount)) in newest {
        *sums.entry(holder).or_default() += i128::from(amount) * 100;
    }
    sums.into_iter().collect()
}

async fn check(sql: &Sql, shard: &Shard, came: &[Came], seed: u64) {
    let applied = shard.state().applied.0;
    for index in (10..=applied.min(LAST))
        .step_by(3)
        .chain([LANDING - 1, LANDING])
    {
        let found = sql.ask(shard, &keyed(TableKind::Keyed), index, SUMS).await;
        assert_eq!(found, expected(came, index), "seed {seed}, index {index}");
    }
}

#[tokio::test]
async fn newest_versions_count_at_every_index_through_flush_merge_landing_and_restart() {
    for seed in 0..4 {
        let world = World::new();
        world.home.declare(keyed(TableKind::Keyed));
        let (sql, mut random) = (Sql::new(&world), StdRng::seed_from_u64(seed));
        let mut upkeep = world.open(1).await;
        upkeep.limits.runs_per_level = 1;
        let mut came = Vec::new();
        for index in (10..=65).step_by(5) {
            came.extend(random_history(&world, &mut random, &[index]));
            world.catch_up(&upkeep.shard, index).await;
            if seed > 0 && random.random_bool(0.5) {
                flush(&mut upkeep).await.expect("flushes");
            }
            let merges = seed > 1;
            while merges && compact(&mut upkeep).await.expect("merges") {}
        }
        let moving = collected(&world, &upkeep.shard, 65, &LOSERS).await;
        let left = LOSERS.map(Departure::of_all).to_vec();
        let entry = landing(LANDING, &moving, left);
        world.home.append(shard_id(1), entry);
        world.catch_up(&upkeep.shard, LANDING).await;
        check(&sql, &upkeep.shard, &came, seed).await;
        came.extend(random_history(&world, &mut random, &[75, 80, 99]));
        world.catch_up(&upkeep.shard, 99).await;
        check(&sql, &upkeep.shard, &came, seed).await;
        flush(&mut upkeep).await.expect("flushes");
        check(&sql, &upkeep.shard, &came, seed).await;
        while compact(&mut upkeep).await.expect("merges") {}
        check(&sql, &upkeep.shard, &came, seed).await;
        let again = world.open(1).await;
        check(&sql, &again.shard, &came, seed).await;
    }
}

#[tokio::test]
async fn rows_of_nobody_are_read_by_all_and_move_with_nobody() {
    let world = World::new();
    world.home.declare(keyed(TableKind::Reference));
    let sql = Sql::new(&world);
    let mut upkeep = world.open(1).await;
    world
        .home
        .append(shard_id(1), entry(shard_id(1), 10, (0, 3), &[], &[]));
    let prices = |index: u64, rows: &[(i64, &str, i64)]| {
        let nobody = Int64Array::from(vec![0; rows.len()]);
        let at = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| row.0));
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("oneid", Arc::new(nobody)),
            ("paid_at", Arc::new(at.with_timezone("UTC"))),
            (
                "what",
                Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1))),
            ),
            (
                "amount",
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2))),
            ),
        ];
        raw_entry(index, None, stream(0, columns))
    };
    world
        .home
        .append(shard_id(1), prices(20, &[(1, "pay", 5), (1, "gift", 7)]));
    world
        .home
        .append(shard_id(1), prices(30, &[(2, "pay", 6), (0, "gift", 9)]));
    world.catch_up(&upkeep.shard, 30).await;
    let joined = "SELECT p.oneid, sum(o.amount) AS value FROM people p JOIN orders o ON true \
                  GROUP BY p.oneid";
    for flushed in [false, true, true] {
        for (index, sum) in [
            (19, None),
            (20, Some(1_200)),
            (29, Some(1_200)),
            (30, Some(1_300)),
        ] {
            let found = sql
                .ask(&upkeep.shard, &keyed(TableKind::Reference), index, joined)
                .await;
            let wanted = (0..3).filter_map(|person| Some((person, sum?)));
            assert_eq!(
                found,
                wanted.collect::<Vec<_>>(),
                "{index}, flushed {flushed}"
            );
        }
        flush(&mut upkeep).await.expect("flushes");
    }
    let moving = collected(&world, &upkeep.shard, 30, &[0, 1, 2]).await;
    assert!(moving.tables.is_empty(), "rows of nobody stay");
}

fn raw_entry(index: u64, created: Option<CreatedPeople>, rows: Vec<u8>) -> TailEntry {
    let section = bytes::Bytes::from(encode_section(&SectionParts {
        created,
        tables: vec![(name("orders"), rows)],
        ..SectionParts::default()
    }));
    TailEntry {
        index: LogIndex(index),
        crc32c: crc32c::crc32c(&section),
        section,
    }
}

/// An entry of rows as the wider table has them: person, hundredths, city.
fn wide_entry(index: u64, rows: &[(u32, i128, &str)]) -> TailEntry {
    let at = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|_| 1));
    let amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| row.1));
    let amounts = amounts.with_precision_and_scale(21, 2).expect("fits");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("oneid", ids(shard_id(1), rows.iter().map(|row| row.0))),
        ("paid_at", Arc::new(at.with_timezone("UTC"))),
        (
            "what",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|_| "pay"))),
        ),
        ("amount", Arc::new(amounts)),
        (
            "city",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.2))),
        ),
    ];
    raw_entry(index, None, stream(0, columns))
}

#[tokio::test]
async fn a_wider_table_is_read_by_the_schema_of_each_index_through_flush_merge_and_restart() {
    const CITIES: &str = "SELECT oneid, count(city) AS value FROM orders GROUP BY oneid";
    let world = World::new();
    let sql = Sql::new(&world);
    let mut upkeep = world.open(1).await;
    upkeep.limits.runs_per_level = 1;
    let first = entry(
        shard_id(1),
        10,
        (0, 3),
        &[order(0, 1, 4), order(1, 1, 6)],
        &[],
    );
    world.home.append(shard_id(1), first);
    world.catch_up(&upkeep.shard, 10).await;
    flush(&mut upkeep).await.expect("flushes");
    let second = entry(shard_id(1), 20, (3, 0), &[order(0, 2, 10)], &[]);
    world.home.append(shard_id(1), second);
    // From 30 on the table is wider; the worker learns it when it has to store such rows.
    let large = i128::from(i64::MAX) * 10;
    world.home.append(
        shard_id(1),
        wide_entry(40, &[(0, 150, "a"), (2, large, "b")]),
    );
    world.catch_up(&upkeep.shard, 40).await;
    let check = async |shard: &Shard| {
        let (narrow, wide) = (orders(), wide_orders());
        let of = async |index, table: &TableSchema, text| sql.ask(shard, table, index, text).await;
        assert_eq!(of(15, &narrow, SUMS).await, [(0, 400), (1, 600)]);
        assert_eq!(of(29, &narrow, SUMS).await, [(0, 1_400), (1, 600)]);
        assert_eq!(of(30, &wide, SUMS).await, [(0, 1_400), (1, 600)]);
        assert_eq!(of(30, &wide, CITIES).await, [(0, 0), (1, 0)]);
        let small = "SELECT oneid, sum(amount) AS value FROM orders WHERE amount < 1000 \
                     GROUP BY oneid";
        assert_eq!(of(40, &wide, small).await, [(0, 1_550), (1, 600)]);
        assert_eq!(of(40, &wide, CITIES).await, [(0, 100), (1, 0), (2, 100)]);
    };
    check(&upkeep.shard).await;
    let behind = flush(&mut upkeep)
        .await
        .expect_err("no coordinator knows the wider table yet");
    assert_eq!(behind.kind(), ErrorKind::Unavailable);
    world.home.declare(wide_orders());
    flush(&mut upkeep).await.expect("flushes");
    assert_eq!(upkeep.checkpoint.manifest.tables[0].schema, wide_orders());
    check(&upkeep.shard).await;
    assert!(compact(&mut upkeep).await.expect("merges"));
    assert_eq!(upkeep.shard.state().tables["orders"].runs.len(), 1);
    check(&upkeep.shard).await;
    let again = world.open(1).await;
    check(&again.shard).await;
    let decimal = upkeep.checkpoint.manifest.tables[0].runs[0].decimals[0].column_type;
    assert!(matches!(decimal, ColumnType::Decimal { precision: 21, .. }));
}
