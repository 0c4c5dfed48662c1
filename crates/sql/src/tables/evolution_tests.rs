//! Rows that were stored by an earlier or a later schema than the one that they are read by.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::compute::cast;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::schema::{ColumnType, TableKind, TableSchema, TagKind};
use tagma_core::time::Zone;
use tagma_core::{LogIndex, Ordinal, Value};

use super::table_at::TableAt;
use crate::run::{RunMeta, encode_run, merge_runs};
use crate::test_world::{Row, World, batch, block_on, name, options, row, table};

/// Index of the entry that widens the table.
const CHANGED: u64 = 40;
const AS_OF: [u64; 6] = [5, 20, 39, 40, 41, 90];
/// Money with four digits after the point.
const MONEY: TagKind = TagKind::Decimal {
    precision: 18,
    scale: 4,
};

fn decimal(precision: u8, scale: u8) -> ColumnType {
    ColumnType::Decimal { precision, scale }
}

/// `amount` decimal(12,2), `qty` int; neither `price` nor `day`.
fn old() -> TableSchema {
    let mut old = table("t", TableKind::Events);
    let gone = ["price", "day"];
    old.columns.retain(|c| !gone.contains(&c.name.as_str()));
    old
}

/// `amount` decimal(18,4), `qty` decimal(21,2), and the two.
fn new() -> TableSchema {
    let mut new = table("t", TableKind::Events);
    for column in &mut new.columns {
        match column.name.as_str() {
            "amount" => column.column_type = decimal(18, 4),
            "qty" => column.column_type = decimal(21, 2),
            _ => {}
        }
    }
    new.columns.reverse();
    new
}

/// `rows` as writes prepared by `schema` bring them.
fn written(schema: &TableSchema, rows: &[Row]) -> RecordBatch {
    let all = batch(&table("t", TableKind::Events), rows);
    let wanted = crate::stored_schema(schema);
    let columns = wanted.fields().iter().map(|field| {
        let column = &all[field.name().as_str()];
        match field.name().as_str() {
            // Values that the old type has no room for.
            "amount" if *field.data_type() != *column.data_type() => {
                let large: arrow::array::Decimal128Array = rows
                    .iter()
                    .map(|row| row.amount.map(|a| a * 1_000_000_000_001))
                    .collect();
                Arc::new(large.with_precision_and_scale(18, 4).expect("fits")) as _
            }
            _ => cast(column, field.data_type()).expect("wider"),
        }
    });
    let columns: Vec<_> = columns.collect();
    RecordBatch::try_new(wanted, columns).expect("rows of the table")
}

fn random_rows(random: &mut StdRng) -> Vec<Row> {
    let one = |number: u64| {
        let mut made = row(random.random_range(0..5), 1 + number, "pay");
        made.event = random.random_bool(0.5).then_some("view");
        made.at = Some(random.random_range(0..9));
        made.amount = random
            .random_bool(0.8)
            .then(|| random.random_range(0..9_999));
        made.qty = random.random_bool(0.8).then(|| random.random_range(0..99));
        made.price = random.random_bool(0.8).then(|| random.random());
        made
    };
    (0..80).map(one).collect()
}

/// Where rows lie: in hot batches and runs, each written by the schema of its time or a later one.
fn layouts(world: &World, random: &mut StdRng, rows: &[Row]) -> Vec<(Vec<RecordBatch>, Runs)> {
    let (early, late) = rows.split_at(CHANGED as usize - 1);
    let hot = vec![written(&old(), early), written(&new(), late)];
    let put = |key: &str, schema: &TableSchema, batches: &[RecordBatch]| {
        let run = encode_run(schema, batches, &options(key, 7)).expect("encodes");
        Arc::new(world.put(run))
    };
    let by_old = put("old", &old(), &hot[..1]);
    let by_new = put("new", &new(), &hot[1..]);
    let both = put("both", &new(), &hot);
    let inputs = [Arc::clone(&by_old), Arc::clone(&by_new)];
    let merged = options("merged", 9);
    let table = new();
    let merged = merge_runs(&table, &inputs, world.runtime.reader(), &merged);
    let merged = Arc::new(world.put(block_on(merged).expect("merges")));
    let cut = random.random_range(1..early.len());
    let (first, second) = early.split_at(cut);
    let first = put("first", &old(), &[written(&old(), first)]);
    let rest = vec![written(&old(), second), written(&new(), late)];
    vec![
        (hot.clone(), vec![]),
        (vec![], vec![by_old, Arc::clone(&by_new)]),
        (vec![], vec![both]),
        (vec![], vec![merged]),
        (rest, vec![first]),
        (hot[..1].to_vec(), vec![by_new]),
    ]
}

type Runs = Vec<Arc<RunMeta>>;

/// Units of 10⁻⁴ by person.
fn expected(rows: &[Row], index: u64, of: impl Fn(&Row) -> Option<i128>) -> Vec<(Ordinal, Value)> {
    let mut sums: BTreeMap<Ordinal, Option<i128>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.index <= index) {
        let sum = sums.entry(row.ordinal).or_default();
        if let Some(value) = of(row) {
            *sum = Some(sum.unwrap_or_default() + value);
        }
    }
    let some = sums.into_iter().filter_map(|(o, sum)| Some((o, sum?)));
    some.map(|(o, unscaled)| (o, Value::Decimal { unscaled, scale: 4 }))
        .collect()
}

/// The amount of a row in units of 10⁻⁴.
fn amount(row: &Row) -> Option<i128> {
    let factor = if row.index < CHANGED {
        100
    } else {
        1_000_000_000_001
    };
    row.amount.map(|amount| amount * factor)
}

/// Compares what is read at an index with what the rows say.
fn check(world: &World, rows: &[Row], index: u64, context: &str) {
    let ask = |sql: &str| world.run(MONEY, sql).unwrap_or_else(|e| panic!("{e:?}")).0;
    let sum = "SELECT oneid, sum(amount) AS value FROM t GROUP BY oneid";
    assert_eq!(ask(sum), expected(rows, index, amount), "{context}");
    let some = "SELECT oneid, sum(amount) AS value FROM t \
                WHERE amount >= 50 AND qty < 50 AND kind = 'view' GROUP BY oneid";
    let wanted = |row: &Row| {
        let is_wanted = row.qty.is_some_and(|qty| qty < 50) && row.event == Some("view");
        amount(row).filter(|amount| *amount >= 500_000 && is_wanted)
    };
    assert_eq!(ask(some), expected(rows, index, wanted), "{context}");
    let quantity = "SELECT oneid, sum(qty) AS value FROM t GROUP BY oneid";
    let wanted = |row: &Row| row.qty.map(|qty| i128::from(qty) * 10_000);
    assert_eq!(ask(quantity), expected(rows, index, wanted), "{context}");
    if index < CHANGED {
        return;
    }
    let added = "SELECT oneid, count(price) AS value FROM t GROUP BY oneid";
    let wanted = |row: &Row| {
        let has_price = row.index >= CHANGED && row.price.is_some();
        Some(if has_price { 10_000 } else { 0 })
    };
    assert_eq!(ask(added), expected(rows, index, wanted), "{context}");
}

#[test]
fn every_index_is_read_by_its_own_schema_however_rows_are_stored() {
    for seed in 0..6 {
        let mut random = StdRng::seed_from_u64(seed);
        let rows = random_rows(&mut random);
        let mut world = World::new();
        let layouts = layouts(&world, &mut random, &rows);
        for (number, (hot, runs)) in layouts.into_iter().enumerate() {
            for index in AS_OF {
                let schema = if index < CHANGED { old() } else { new() };
                world.tables = vec![TableAt {
                    schema: Arc::new(schema),
                    zone: Zone::UTC,
                    index: LogIndex(index),
                    hot: hot.clone(),
                    runs: runs.clone(),
                    departed: Arc::default(),
                }];
                let context = format!("seed {seed}, layout {number}, index {index}");
                check(&world, &rows, index, &context);
            }
        }
    }
}

#[test]
fn a_narrower_type_is_never_written() {
    let rows = [row(1, 1, "pay")];
    let batch = written(&new(), &rows);
    let refused = encode_run(&old(), &[batch], &options("x", 4)).expect_err("would lose digits");
    assert!(refused.to_string().contains("amount"), "{refused}");
    let mut other = old();
    other.columns[3].name = name("another");
    let run = encode_run(&other, &[written(&old(), &rows)], &options("y", 4)).expect("nulls");
    assert_eq!(run.meta.rows, 1);
}
