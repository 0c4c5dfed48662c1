//! Tables with a key against a plain map: of each person and key the newest version counts,
//! however rows are stored, moved and cut into batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryPool, UnboundedMemoryPool};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{TryStreamExt, stream};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::schema::{TableKind, TableSchema};
use tagma_core::{LogIndex, Ordinal};

use super::departed::{Departed, Left};
use super::newest::{VersionedKey, newest_of_key};
use crate::run::sorted;
use crate::test_world::{Row, World, batch, block_on, name, person, row, table};

const EVENTS: [&str; 3] = ["pay", "view", "cart"];

/// Key (kind, day), version `amount` or none.
fn keyed(kind: TableKind, versioned: bool) -> TableSchema {
    let mut table = table("t", kind);
    table.key = vec![name("kind"), name("day")];
    table.version = versioned.then(|| name("amount"));
    table
}

fn random_rows(random: &mut StdRng, count: usize, people: Ordinal) -> Vec<Row> {
    let one = |number: usize| {
        let event = EVENTS[random.random_range(0..EVENTS.len())];
        let ordinal = random.random_range(0..people);
        let mut made = row(ordinal, 1 + number as u64 / 3, event);
        made.row = number as u32 % 3;
        made.day = Some(random.random_range(0..4));
        made.at = random.random_bool(0.9).then(|| random.random_range(0..40));
        made.from = random.random_bool(0.1).then(|| random.random_range(1..60));
        made.amount = random.random_bool(0.7).then(|| random.random_range(-3..4));
        made.qty = Some(1 << random.random_range(0..20));
        made
    };
    (0..count).map(one).collect()
}

type Key = (Ordinal, &'static str, i32);

/// Quantities of the newest rows among `rows`.
fn oracle<'a>(rows: impl Iterator<Item = &'a Row>, versioned: bool) -> BTreeMap<Key, i64> {
    let mut newest: BTreeMap<Key, (Option<i128>, u64, u32, i64)> = BTreeMap::new();
    for row in rows {
        let key = (row.ordinal, row.event.expect("set"), row.day.expect("set"));
        let version = row.amount.filter(|_| versioned);
        let new = (version, row.index, row.row, row.qty.expect("set"));
        let known = newest.entry(key).or_insert(new);
        *known = (*known).max(new);
    }
    newest.into_iter().map(|(key, row)| (key, row.3)).collect()
}

fn sums<'a>(rows: impl Iterator<Item = (&'a Key, &'a i64)>) -> Vec<(Ordinal, i64)> {
    let mut sums = BTreeMap::new();
    for ((ordinal, ..), qty) in rows {
        *sums.entry(*ordinal).or_default() += qty;
    }
    sums.into_iter().collect()
}

/// The rows dealt out to hot rows and three runs.
fn dealt(random: &mut StdRng, rows: &[Row]) -> (Vec<Row>, Vec<Vec<Row>>) {
    let (mut hot, mut runs) = (Vec::new(), vec![Vec::new(); 3]);
    for row in rows {
        match random.random_range(0..4) {
            3 => hot.push(row.clone()),
            run => runs[run].push(row.clone()),
        }
    }
    runs.retain(|run| !run.is_empty());
    (hot, runs)
}

#[test]
fn the_newest_version_of_a_key_counts_at_every_index_however_rows_are_stored() {
    for seed in 0..16 {
        let mut random = StdRng::seed_from_u64(seed);
        let rows = random_rows(&mut random, 150, 6);
        let schema = keyed(TableKind::Keyed, seed % 4 != 0);
        let versioned = schema.version.is_some();
        let (hot, runs) = dealt(&mut random, &rows);
        let left = Left {
            at: LogIndex(random.random_range(20..50)),
            origins: None,
            below: None,
        };
        for index in [0, 1, 7, 25, 50, 99] {
            let is_here = |row: &&Row| {
                let from = row.from.unwrap_or(row.index);
                let gone = row.ordinal == 2 && from < left.at.0 && left.at.0 <= index;
                row.index <= index && from <= index.max(row.index) && !gone
            };
            let visible = || rows.iter().filter(is_here);
            let newest = oracle(visible(), versioned);
            for (hot, runs) in [
                (rows.clone(), vec![]),
                (vec![], vec![rows.clone()]),
                (hot.clone(), runs.clone()),
            ] {
                let mut world = World::new();
                let runs: Vec<&[Row]> = runs.iter().map(Vec::as_slice).collect();
                world.add(schema.clone(), index, &hot, &runs);
                let mut departed = Departed::default();
                departed.leave(person(2), left.clone());
                world.tables[0].departed = Arc::new(departed);
                let context = format!("seed {seed}, index {index}");
                let all = "SELECT oneid, sum(qty) AS value FROM t GROUP BY oneid";
                assert_eq!(world.ints(all), sums(newest.iter()), "{context}");
                // By the key: rows may be skipped. By anything else: replaced ones stay replaced.
                let by_key = "SELECT oneid, sum(qty) AS value FROM t \
                              WHERE kind = 'pay' AND day >= '1970-01-02' GROUP BY oneid";
                let wanted = newest
                    .iter()
                    .filter(|((_, kind, day), _)| *kind == "pay" && *day > 0);
                assert_eq!(world.ints(by_key), sums(wanted), "{context}");
                let by_value = "SELECT oneid, sum(qty) AS value FROM t WHERE qty >= 1024 \
                                GROUP BY oneid";
                let wanted = newest.iter().filter(|(_, qty)| **qty >= 1_024);
                assert_eq!(world.ints(by_value), sums(wanted), "{context}");
            }
        }
    }
}

/// The newest rows of `all`, handed over in pieces that end anywhere.
fn in_pieces(
    random: &mut StdRng,
    schema: &TableSchema,
    all: &RecordBatch,
    pool: &Arc<dyn MemoryPool>,
) -> Result<Vec<RecordBatch>, DataFusionError> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < all.num_rows() {
        let most = (all.num_rows() - start).min(9_000);
        let limit = 1 << random.random_range(0..14);
        let length = random.random_range(0..=most.min(limit));
        pieces.push(Ok(all.slice(start, length)));
        start += length;
    }
    let pieces = RecordBatchStreamAdapter::new(all.schema(), stream::iter(pieces));
    let key = VersionedKey::of(schema).expect("a key");
    let newest = newest_of_key(Box::pin(pieces), &key, pool)?;
    block_on(newest.try_collect())
}

#[test]
fn it_does_not_matter_where_batches_end() {
    let pool = Arc::new(UnboundedMemoryPool::default()) as Arc<dyn MemoryPool>;
    for (seed, (count, people)) in [(60, 8), (400, 40), (50_000, 1), (50_000, 3), (9_000, 4_000)]
        .into_iter()
        .enumerate()
    {
        let mut random = StdRng::seed_from_u64(seed as u64);
        let schema = keyed(TableKind::Keyed, seed % 2 == 0);
        let rows = random_rows(&mut random, count, people);
        let all = sorted(&schema, &batch(&schema, &rows)).expect("sorts");
        let newest = in_pieces(&mut random, &schema, &all, &pool).expect("runs");
        let expected = oracle(rows.iter(), schema.version.is_some());
        let mut found: Vec<(i64, i64)> = Vec::new();
        for batch in &newest {
            let of = |name: &str| batch[name].as_primitive::<Int64Type>().values().to_vec();
            found.extend(of("oneid").into_iter().zip(of("qty")));
        }
        assert!(found.is_sorted_by_key(|(oneid, _)| *oneid), "seed {seed}");
        let mut expected: Vec<(i64, i64)> = expected
            .into_iter()
            .map(|((ordinal, ..), qty)| (person(ordinal).get(), qty))
            .collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "seed {seed}");
        assert_eq!(pool.reserved(), 0);
    }
}

#[test]
fn a_person_with_more_keys_than_the_memory_holds_is_an_error() {
    let pool = Arc::new(GreedyMemoryPool::new(10_000)) as Arc<dyn MemoryPool>;
    let mut random = StdRng::seed_from_u64(1);
    let schema = keyed(TableKind::Keyed, true);
    let rows = random_rows(&mut random, 2_000, 1);
    let all = sorted(&schema, &batch(&schema, &rows)).expect("sorts");
    let error = in_pieces(&mut random, &schema, &all, &pool).expect_err("too small");
    let exhausted = matches!(error.find_root(), DataFusionError::ResourcesExhausted(_));
    assert!(exhausted, "{error}");
}

#[test]
fn a_reference_table_is_joined_by_its_newest_versions_and_has_no_people() {
    let mut prices: Vec<Row> = Vec::new();
    for (number, (kind, version, qty)) in [
        ("pay", Some(2), 20),
        ("view", Some(1), 5),
        ("pay", Some(1), 10),
        ("view", None, 6),
        ("cart", None, 1),
        ("cart", None, 2),
    ]
    .into_iter()
    .enumerate()
    {
        let mut made = row(0, 1 + number as u64, kind);
        (made.day, made.amount, made.qty) = (Some(0), version, Some(qty));
        prices.push(made);
    }
    let mut world = World::events(&[row(1, 1, "pay"), row(1, 2, "cart"), row(4, 3, "view")]);
    world.add(
        keyed(TableKind::Reference, true),
        1_000,
        &prices[..3],
        &[&prices[3..]],
    );
    let joined = "SELECT e.oneid, sum(t.qty) AS value FROM events e \
                  JOIN t ON t.kind = e.kind GROUP BY e.oneid";
    assert_eq!(world.ints(joined), [(1, 22), (4, 5)]);
    let unmatched = "SELECT e.oneid, count(t.qty) AS value FROM events e \
                     LEFT JOIN t ON t.kind = e.kind AND t.qty > 4 GROUP BY e.oneid";
    assert_eq!(world.ints(unmatched), [(1, 1), (4, 1)]);
    let scalar = "SELECT p.oneid, (SELECT max(qty) FROM t) AS value FROM people p \
                  WHERE p.oneid IN (SELECT oneid FROM events)";
    assert_eq!(world.ints(scalar), [(1, 20), (4, 20)]);
    let known = "SELECT oneid, count(*) AS value FROM events \
                 WHERE kind IN (SELECT kind FROM t WHERE qty > 2) GROUP BY oneid";
    assert_eq!(world.ints(known), [(1, 1), (4, 1)]);
    for alone in [
        "SELECT qty AS oneid, qty AS value FROM t",
        "SELECT oneid, qty AS value FROM t",
        "SELECT e.oneid, t.qty AS value FROM events e RIGHT JOIN t ON t.kind = e.kind",
    ] {
        world.error(alone);
    }
    let error = world.error("SELECT qty AS oneid, qty AS value FROM t");
    assert!(error.contains("must be the column of a table"), "{error}");
}
