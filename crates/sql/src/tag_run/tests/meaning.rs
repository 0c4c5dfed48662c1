//! What SQL means: numbers, time, comparisons.

use tagma_core::Value;
use tagma_core::schema::TagKind;

use crate::test_world::{DAY, MARCH, World, name, row, zone};

/// `expr` over one row: qty 5, amount 12.34, price 0.1, day 2026-03-01, ts 2026-02-28T20:00Z.
fn world() -> World {
    let mut one = row(1, 1, "pay");
    one.at = Some(MARCH - DAY / 6);
    one.qty = Some(5);
    one.amount = Some(1_234);
    one.price = Some(0.1);
    one.day = Some(20_513);
    let mut world = World::events(&[one]);
    world.people.alive = [1].into();
    world
}

fn decimal(world: &World, scale: u8, expr: &str) -> Option<i128> {
    let kind = TagKind::Decimal {
        precision: 18,
        scale,
    };
    let sql = format!("SELECT oneid, {expr} AS value FROM events");
    let (values, _) = world
        .run(kind, &sql)
        .unwrap_or_else(|e| panic!("{expr}: {e:?}"));
    match values.as_slice() {
        [] => None,
        [(1, Value::Decimal { unscaled, .. })] => Some(*unscaled),
        other => panic!("{expr}: {other:?}"),
    }
}

fn holds(world: &World, condition: &str) -> bool {
    let sql = format!("SELECT oneid, 1 AS value FROM events WHERE {condition}");
    !world.ints(&sql).is_empty()
}

#[test]
fn division_truncates_at_nine_digits_and_by_zero_gives_null() {
    let world = world();
    for (expr, scale, expected) in [
        ("qty / 2", 9, Some(2_500_000_000)),
        ("2 / 3", 9, Some(666_666_666)),
        ("0 - 2 / 3", 9, Some(-666_666_666)),
        ("-qty / 3", 9, Some(-1_666_666_666)),
        ("amount / 0.5", 9, Some(24_680_000_000)),
        ("qty / 0", 9, None),
        ("amount / (qty - 5)", 9, None),
        ("qty % 3", 0, Some(2)),
        ("-qty % 3", 0, Some(-2)),
        ("qty % 0", 0, None),
        ("price / 2", 9, Some(50_000_000)),
        ("amount * 1.5", 3, Some(18_510)),
        ("amount - 20", 2, Some(-766)),
    ] {
        assert_eq!(decimal(&world, scale, expr), expected, "{expr}");
    }
    assert!(holds(&world, "3.3 >= 1.1 * 3"));
    assert!(holds(&world, "qty * 1.2 = 6"));
}

#[test]
fn numbers_are_rounded_half_away_from_zero() {
    let world = world();
    for (expr, scale, expected) in [
        ("round(amount)", 0, 12),
        ("round(amount, 1)", 1, 123),
        ("round(2.5)", 0, 3),
        ("round(-2.5)", 0, -3),
        ("round(-2.45, 1)", 1, -25),
        ("round(9.99, 1)", 1, 100),
        ("floor(amount)", 0, 12),
        ("floor(-amount)", 0, -13),
        ("ceil(amount)", 0, 13),
        ("ceil(-amount)", 0, -12),
        ("abs(-amount)", 2, 1_234),
        ("abs(qty)", 0, 5),
        ("round(price, 2)", 2, 10),
    ] {
        assert_eq!(decimal(&world, scale, expr), Some(expected), "{expr}");
    }
}

#[test]
fn integers_never_wrap() {
    let max = i64::MAX;
    let world = world();
    assert!(holds(&world, &format!("{max} + qty > {max}")));
    assert!(holds(&world, &format!("-({max} + qty) < 0 - {max}")));
    assert!(holds(
        &world,
        &format!("{max} * {max} = 85070591730234615847396907784232501249")
    ));
    let error = world.error(&format!(
        "SELECT oneid, {max} * {max} * qty * 100 AS value FROM events"
    ));
    assert!(
        error.contains("38 digits") && error.contains("qty"),
        "{error}"
    );
    let error = world.error(&format!("SELECT oneid, qty + {max} AS value FROM events"));
    assert!(error.contains("64-bit"), "{error}");
}

#[test]
fn sums_and_averages_are_exact() {
    let mut rows = Vec::new();
    for (number, qty) in [i64::MAX, i64::MAX, 4].into_iter().enumerate() {
        let mut made = row(2, number as u64 + 1, "pay");
        made.qty = Some(qty);
        made.price = Some([0.1, 0.2, 1e15][number]);
        made.amount = Some([100, 100, 200][number]);
        rows.push(made);
    }
    let world = World::events(&rows);
    let grouped = |expr: &str, scale: u8| {
        let kind = TagKind::Decimal {
            precision: 18,
            scale,
        };
        let sql = format!("SELECT oneid, {expr} AS value FROM events GROUP BY oneid");
        let (values, _) = world
            .run(kind, &sql)
            .unwrap_or_else(|e| panic!("{expr}: {e:?}"));
        match values.as_slice() {
            [(2, Value::Decimal { unscaled, .. })] => *unscaled,
            other => panic!("{expr}: {other:?}"),
        }
    };
    assert_eq!(
        grouped("sum(qty) - 9223372036854775807 - 9223372036854775807", 0),
        4
    );
    assert_eq!(grouped("sum(price) - 1000000000000000", 9), 300_000_000);
    assert_eq!(grouped("avg(amount)", 6), 1_333_333);
    assert_eq!(
        grouped("avg(CASE WHEN qty = 4 THEN 1 ELSE 0 END)", 6),
        333_333
    );
    assert_eq!(grouped("sum(DISTINCT amount)", 2), 300);
    assert_eq!(grouped("sum(amount) FILTER (WHERE qty = 4)", 2), 200);
    assert_eq!(grouped("sum(DISTINCT amount) + sum(amount)", 2), 700);
    let windowed = "SELECT oneid, value FROM (SELECT oneid, \
        sum(amount) OVER (PARTITION BY oneid ORDER BY qty \
        ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS value, \
        row_number() OVER (PARTITION BY oneid ORDER BY amount DESC) AS n \
        FROM events) x WHERE n = 1";
    let kind = TagKind::Decimal {
        precision: 12,
        scale: 2,
    };
    let (values, _) = world.run(kind, windowed).expect("runs");
    assert_eq!(
        values,
        [(
            2,
            Value::Decimal {
                unscaled: 200,
                scale: 2
            }
        )]
    );
}

#[test]
fn time_follows_the_calendar_of_the_tag() {
    let mut world = world();
    for (zone_name, days, hour) in [("UTC", 1, 20), ("Asia/Shanghai", 0, 4)] {
        world.zone = zone(zone_name);
        let one =
            |expr: &str| world.ints(&format!("SELECT oneid, {expr} AS value FROM events"))[0].1;
        assert_eq!(one("days_between(ts, now())"), days, "{zone_name}");
        assert_eq!(
            one("days_between(ts, DATE '2026-03-11')"),
            10 + days,
            "{zone_name}"
        );
        assert_eq!(one("days_between(now(), ts)"), -days, "{zone_name}");
        assert_eq!(one("date_part('hour', ts)"), hour, "{zone_name}");
        assert_eq!(
            one("extract(day FROM date_trunc('month', ts))"),
            1,
            "{zone_name}"
        );
        assert!(holds(
            &world,
            "@as_of = now() AND current_timestamp = now()"
        ));
        assert!(holds(
            &world,
            "today() = current_date AND today() = DATE '2026-03-01'"
        ));
        let is_march = zone_name != "UTC";
        for condition in [
            "ts >= '2026-03-01'",
            "ts >= DATE '2026-03-01'",
            "ts >= day",
            "ts >= TIMESTAMP '2026-03-01 00:00:00'",
            "ts BETWEEN '2026-03-01' AND '2026-03-02'",
            "date_trunc('month', ts) = '2026-03-01'",
            "CAST(ts AS DATE) = day",
        ] {
            assert_eq!(
                holds(&world, condition),
                is_march,
                "{zone_name}: {condition}"
            );
        }
        assert!(holds(
            &world,
            "ts < DATE '9999-12-31' AND day < '9999-12-31'"
        ));
        assert!(holds(&world, "day + INTERVAL '1 month' = '2026-04-01'"));
        assert!(holds(
            &world,
            "DATE '2026-03-31' - INTERVAL '1 month' = '2026-02-28'"
        ));
        assert!(holds(
            &world,
            "now() - INTERVAL '30 days' < ts AND ts < now()"
        ));
        assert!(holds(&world, "ts + INTERVAL '16 hours' = now()"));
        assert!(holds(&world, "day IN ('2026-03-01', '2026-03-02')"));
    }
    let coalesce = "coalesce(CAST(day AS TIMESTAMP), ts) = CAST(day AS TIMESTAMP)";
    assert!(holds(&world, coalesce) && holds(&world, "CAST(day AS TIMESTAMP) = day"));
    let error = world.error("SELECT oneid, now() - ts AS value FROM events");
    assert!(error.contains("days_between"), "{error}");
}

#[test]
fn a_step_of_days_keeps_the_clock_over_a_change_of_it() {
    // New York goes to summer time on 2026-03-08; 2026-03-07T17:00Z is noon there.
    let mut one = row(1, 1, "pay");
    one.at = Some(MARCH + 6 * DAY + 17 * DAY / 24);
    let mut world = World::events(&[one]);
    world.zone = zone("America/New_York");
    assert!(holds(
        &world,
        "ts + INTERVAL '1 day' = TIMESTAMP '2026-03-08 12:00:00'"
    ));
    assert!(holds(
        &world,
        "ts + INTERVAL '24 hours' = TIMESTAMP '2026-03-08 13:00:00'"
    ));
}

#[test]
fn columns_are_never_cast() {
    let world = world();
    for (condition, part) in [
        ("kind = 5", "CAST one of them"),
        ("qty = 'abc'", "not compared with a number"),
        ("ts > 5", "CAST one of them"),
        ("ts = 'soon'", "timestamp"),
        ("kind IN (1, 2)", "mixes types"),
        ("qty IN ('1', '2')", "mixes types"),
        ("qty + kind > 1", "takes numbers"),
        ("ts + 1 > now()", "INTERVAL"),
        ("nope = 1", "nope"),
    ] {
        let sql = format!("SELECT oneid, 1 AS value FROM events WHERE {condition}");
        let error = world.error(&sql);
        assert!(error.contains(part), "{condition}: {error}");
    }
    assert!(holds(&world, "qty = '5'"));
    assert!(holds(&world, "kind LIKE 'p_y' AND kind IN ('pay', 'view')"));
    let unknown = world.error("SELECT oneid, 1 AS value FROM nowhere");
    assert!(unknown.contains("nowhere"), "{unknown}");
}

#[test]
fn a_chain_of_two_thousand_conditions_is_planned() {
    let world = world();
    let terms: Vec<String> = (0..2_000).map(|n| format!("qty = {n}")).collect();
    assert!(holds(&world, &terms.join(" OR ")));
}

#[test]
fn names_fold_and_may_be_chinese() {
    let mut world = world();
    let mut schema = (*world.tables[0].schema).clone();
    schema.name = name("订单");
    world.tables[0].schema = std::sync::Arc::new(schema);
    assert_eq!(world.ints("SELECT OneID, Qty AS Value FROM 订单"), [(1, 5)]);
}
