//! What is visible, against plain collections, however rows are stored.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::schema::{TableKind, TagKind};
use tagma_core::time::Zone;
use tagma_core::{Ordinal, Value};

use crate::test_world::{DAY, MARCH, Row, World, name, row, table, zone};

const EVENTS: [&str; 3] = ["pay", "view", "cart"];

fn random_rows(random: &mut StdRng, count: usize) -> Vec<Row> {
    let one = |number: usize| {
        let event = EVENTS[random.random_range(0..EVENTS.len())];
        let mut made = row(random.random_range(0..10), 1 + number as u64, event);
        made.at = Some(MARCH + random.random_range(0..20) * DAY / 7);
        made.from = random.random_bool(0.1).then(|| random.random_range(1..80));
        made.qty = random
            .random_bool(0.8)
            .then(|| random.random_range(-50..50));
        made.amount = random
            .random_bool(0.8)
            .then(|| random.random_range(-9_999..9_999));
        made
    };
    (0..count).map(one).collect()
}

/// The rows dealt out to hot rows and three runs.
fn dealt(random: &mut StdRng, rows: &[Row]) -> (Vec<Row>, Vec<Vec<Row>>) {
    let mut hot = Vec::new();
    let mut runs = vec![Vec::new(); 3];
    for row in rows {
        match random.random_range(0..4) {
            3 => hot.push(row.clone()),
            run => runs[run].push(row.clone()),
        }
    }
    runs.retain(|run| !run.is_empty());
    (hot, runs)
}

fn world_of(kind: TableKind, index: u64, hot: &[Row], runs: &[Vec<Row>]) -> World {
    let mut world = World::new();
    let runs: Vec<&[Row]> = runs.iter().map(Vec::as_slice).collect();
    world.add(table("t", kind), index, hot, &runs);
    world
}

fn visible(row: &Row, index: u64) -> bool {
    row.index <= index && row.from.is_none_or(|from| from <= index)
}

#[test]
fn sums_are_those_of_the_visible_rows_however_they_are_stored() {
    for seed in 0..12 {
        let mut random = StdRng::seed_from_u64(seed);
        let rows = random_rows(&mut random, 90);
        let index = random.random_range(0..100);
        let mut expected: BTreeMap<Ordinal, i64> = BTreeMap::new();
        let mut of_pay = expected.clone();
        for row in rows.iter().filter(|r| visible(r, index)) {
            let Some(qty) = row.qty else { continue };
            *expected.entry(row.ordinal).or_default() += qty;
            if row.event == Some("pay") && row.at >= Some(MARCH + DAY) {
                *of_pay.entry(row.ordinal).or_default() += qty;
            }
        }
        let (hot, runs) = dealt(&mut random, &rows);
        for (hot, runs) in [
            (rows.clone(), vec![]),
            (vec![], vec![rows.clone()]),
            (hot, runs),
        ] {
            let world = world_of(TableKind::Events, index, &hot, &runs);
            let sums = world.ints("SELECT oneid, sum(qty) AS value FROM t GROUP BY oneid");
            assert_eq!(
                sums,
                Vec::from_iter(expected.clone()),
                "seed {seed}, index {index}"
            );
            let sql = "SELECT oneid, sum(qty) AS value FROM t WHERE event = 'pay' \
                       AND ts >= '2026-03-02' GROUP BY oneid";
            assert_eq!(
                world.ints(sql),
                Vec::from_iter(of_pay.clone()),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn order_by_time_is_the_same_however_rows_are_stored() {
    for seed in 0..8 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut rows = random_rows(&mut random, 80);
        for (number, row) in rows.iter_mut().enumerate() {
            // Equal times have no order in SQL.
            row.at = row.at.map(|at| at + number as i64);
        }
        let mut latest: BTreeMap<Ordinal, (i64, u64, i64)> = BTreeMap::new();
        for row in &rows {
            let Some((qty, at)) = row.qty.zip(row.at).filter(|_| visible(row, 1_000)) else {
                continue;
            };
            let seen = latest.entry(row.ordinal).or_insert((at, row.index, qty));
            *seen = (*seen).max((at, row.index, qty));
        }
        let expected: Vec<_> = latest
            .into_iter()
            .map(|(o, (_, _, qty))| (o, qty))
            .collect();
        let (hot, runs) = dealt(&mut random, &rows);
        let world = world_of(TableKind::Events, 1_000, &hot, &runs);
        let sql = "SELECT oneid, last_value(qty ORDER BY ts) AS value FROM t \
                   WHERE qty IS NOT NULL GROUP BY oneid";
        assert_eq!(world.ints(sql), expected, "seed {seed}");
        let sql = "SELECT oneid, qty AS value FROM (SELECT oneid, qty, row_number() OVER \
                   (PARTITION BY oneid ORDER BY ts DESC) AS n FROM t WHERE qty IS NOT NULL) x \
                   WHERE n = 1";
        assert_eq!(world.ints(sql), expected, "seed {seed}");
    }
}

#[test]
fn equal_times_are_told_apart_by_arrival() {
    for seed in 0..6 {
        let mut random = StdRng::seed_from_u64(seed);
        let rows = random_rows(&mut random, 80);
        let mut last: BTreeMap<Ordinal, (i64, u64, i64)> = BTreeMap::new();
        let mut first = last.clone();
        for row in &rows {
            let Some((qty, at)) = row.qty.zip(row.at).filter(|_| visible(row, 1_000)) else {
                continue;
            };
            let key = (at, row.index, qty);
            last.entry(row.ordinal)
                .and_modify(|seen| *seen = (*seen).max(key))
                .or_insert(key);
            first
                .entry(row.ordinal)
                .and_modify(|seen| *seen = (*seen).min(key))
                .or_insert(key);
        }
        let (hot, runs) = dealt(&mut random, &rows);
        for (hot, runs) in [(rows.clone(), vec![]), (hot, runs)] {
            let world = world_of(TableKind::Events, 1_000, &hot, &runs);
            for (function, expected) in [("last_value", &last), ("first_value", &first)] {
                let sql = format!(
                    "SELECT oneid, {function}(qty ORDER BY ts) AS value FROM t \
                     WHERE qty IS NOT NULL GROUP BY oneid"
                );
                let expected: Vec<_> = expected.iter().map(|(o, (_, _, qty))| (*o, *qty)).collect();
                assert_eq!(world.ints(&sql), expected, "seed {seed}, {function}");
            }
        }
    }
}

#[test]
fn attributes_hold_the_latest_value_that_is_not_null() {
    for seed in 0..12 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut rows = random_rows(&mut random, 90);
        for row in &mut rows {
            row.at = row.at.filter(|_| random.random_bool(0.9));
        }
        let index = random.random_range(0..100);
        let mut latest: BTreeMap<Ordinal, (Option<i64>, u64, i64)> = BTreeMap::new();
        for row in rows.iter().filter(|r| visible(r, index)) {
            let Some(qty) = row.qty else { continue };
            let key = (row.at, row.index, qty);
            let seen = latest.entry(row.ordinal).or_insert(key);
            *seen = (*seen).max(key);
        }
        let expected: Vec<_> = latest
            .into_iter()
            .map(|(o, (_, _, qty))| (o, qty))
            .collect();
        let (hot, runs) = dealt(&mut random, &rows);
        for (hot, runs) in [
            (rows.clone(), vec![]),
            (vec![], vec![rows.clone()]),
            (hot, runs),
        ] {
            let world = world_of(TableKind::Attributes, index, &hot, &runs);
            let values = world.ints("SELECT oneid, qty AS value FROM t");
            assert_eq!(values, expected, "seed {seed}, index {index}");
            let positive: Vec<_> = expected.iter().copied().filter(|(_, q)| *q > 0).collect();
            let values = world.ints("SELECT oneid, qty AS value FROM t WHERE qty > 0");
            assert_eq!(
                values, positive,
                "seed {seed}: a condition looks at latest values"
            );
        }
    }
}

#[test]
fn ts_and_event_are_the_declared_columns() {
    let mut late = row(1, 1, "pay");
    late.at = Some(MARCH - 1);
    late.day = Some(20_513);
    let mut world = World::events(&[late.clone()]);
    let hours = "SELECT oneid, date_part('hour', ts) AS value FROM events WHERE event = 'pay'";
    assert_eq!(world.ints(hours), [(1, 23)]);
    world.zone = zone("Asia/Shanghai");
    assert_eq!(world.ints(hours), [(1, 7)]);
    let star = world.error("SELECT * FROM events");
    for column in ["oneid", "kind", "at", "ts", "event"] {
        assert!(star.contains(&format!("`{column}`")), "{star}");
    }
    for hidden in ["_seq", "_from", "_origin"] {
        assert!(!star.contains(hidden), "{star}");
    }
    let mut by_day = table("days", TableKind::Events);
    by_day.time = Some(name("day"));
    world.add(by_day, 9, &[late], &[]);
    let table_zone = &mut world.tables[1].zone;
    *table_zone = zone("America/New_York");
    // 2026-03-01 begins in New York at 13:00 in Shanghai.
    let hours = "SELECT oneid, date_part('hour', ts) AS value FROM days";
    assert_eq!(world.ints(hours), [(1, 13)]);
    assert_eq!(world.zone, zone("Asia/Shanghai"));
    world.zone = Zone::UTC;
    assert_eq!(world.ints(hours), [(1, 5)]);
}

#[test]
fn people_have_their_published_tags() {
    let mut world = World::new();
    world.people.alive = [0, 2, 5].into();
    let ltv = BTreeMap::from([
        (
            0,
            Value::Decimal {
                unscaled: 1_250,
                scale: 2,
            },
        ),
        (
            1,
            Value::Decimal {
                unscaled: 100,
                scale: 2,
            },
        ),
        (
            5,
            Value::Decimal {
                unscaled: -5,
                scale: 2,
            },
        ),
    ]);
    let kind = TagKind::Decimal {
        precision: 12,
        scale: 2,
    };
    world.people.tags.insert(name("ltv"), (kind, Some(ltv)));
    world
        .people
        .tags
        .insert(name("unpublished"), (TagKind::Int, None));
    let (values, report) = world
        .run(kind, "SELECT oneid, ltv AS value FROM people")
        .expect("runs");
    let decimal = |unscaled| Value::Decimal { unscaled, scale: 2 };
    assert_eq!(values, [(0, decimal(1_250)), (5, decimal(-5))]);
    assert_eq!((report.values, report.nulls), (2, 1));
    assert_eq!(Vec::from_iter(&report.query.reads_tags), ["ltv"]);
    let nulls = "SELECT oneid, CASE WHEN unpublished IS NULL THEN 1 END AS value FROM people";
    assert_eq!(world.ints(nulls), [(0, 1), (2, 1), (5, 1)]);
}
