//! What becomes of the rows of a result.

use std::time::Duration;

use tagma_core::schema::{TableKind, TagKind};
use tagma_core::{ErrorKind, Value};

use crate::tag_run::{Error, check_tag, run_tag};
use crate::test_world::{MARCH, World, block_on, chain, name, person, row, table};

fn world() -> World {
    let mut rows = vec![
        row(1, 1, "pay"),
        row(2, 2, "pay"),
        row(3, 3, "pay"),
        row(30, 4, "pay"),
    ];
    for (number, row) in rows.iter_mut().enumerate() {
        row.qty = (number != 1).then_some(number as i64);
        row.amount = Some(number as i128 * 111);
        row.at = Some(MARCH + number as i64);
    }
    World::events(&rows)
}

#[test]
fn every_kind_takes_its_values() {
    let world = world();
    let first = |kind, expr: &str| {
        let sql = format!("SELECT oneid, {expr} AS value FROM events WHERE qty = 2");
        let (values, _) = world
            .run(kind, &sql)
            .unwrap_or_else(|e| panic!("{expr}: {}", chain(&e)));
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].0, 3);
        values[0].1.clone()
    };
    assert_eq!(first(TagKind::Bool, "amount > 2"), Value::Bool(true));
    assert_eq!(
        first(TagKind::Category, "upper(kind)"),
        Value::Text("PAY".into())
    );
    assert_eq!(first(TagKind::Int, "qty"), Value::Int(2));
    assert_eq!(first(TagKind::Int, "qty + 1"), Value::Int(3));
    let decimal = TagKind::Decimal {
        precision: 6,
        scale: 3,
    };
    assert_eq!(
        first(decimal, "amount"),
        Value::Decimal {
            unscaled: 2_220,
            scale: 3
        }
    );
    assert_eq!(first(TagKind::Timestamp, "ts"), Value::Timestamp(MARCH + 2));
    assert_eq!(
        first(TagKind::Date, "CAST(ts AS DATE)"),
        Value::Date(20_513)
    );
}

#[test]
fn values_that_do_not_fit_name_the_person() {
    let world = world();
    let small = TagKind::Decimal {
        precision: 2,
        scale: 1,
    };
    for (kind, sql, part) in [
        (
            small,
            "SELECT oneid, amount AS value FROM events",
            "more than 1 digits",
        ),
        (
            small,
            "SELECT oneid, 10 AS value FROM events",
            "more than 2 digits",
        ),
        (
            TagKind::Int,
            "SELECT oneid, 9223372036854775807 + qty AS value FROM events",
            "64-bit",
        ),
    ] {
        let error = world.run(kind, sql).expect_err(sql);
        assert!(matches!(error, Error::Value { .. }), "{error:?}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    let long = "x".repeat(1_025);
    let sql = format!("SELECT oneid, '{long}' AS value FROM events WHERE qty = 2");
    let error = world
        .run(TagKind::Category, &sql)
        .expect_err("too long")
        .to_string();
    assert!(
        error.contains(&person(3).to_string()) && error.contains("1025 bytes"),
        "{error}"
    );
    for (kind, expr) in [
        (TagKind::Int, "amount"),
        (TagKind::Int, "kind"),
        (TagKind::Category, "qty"),
        (TagKind::Bool, "qty"),
        (TagKind::Date, "ts"),
        (small, "price"),
    ] {
        let sql = format!("SELECT oneid, {expr} AS value FROM events");
        let error = chain(&world.run(kind, &sql).expect_err(&sql));
        assert!(error.contains("no value of a tag of kind"), "{error}");
    }
}

#[test]
fn null_is_no_value_and_the_dead_are_left_out() {
    let world = world();
    let sql = "SELECT oneid, qty AS value FROM events";
    let (values, report) = world.run(TagKind::Int, sql).expect("runs");
    assert_eq!(values, [(1, Value::Int(0)), (3, Value::Int(2))]);
    assert_eq!((report.values, report.nulls, report.not_alive), (2, 1, 1));
    assert_eq!(Vec::from_iter(&report.query.reads_tables), ["events"]);
}

#[test]
fn two_values_of_one_person_fail_with_examples() {
    let mut rows = Vec::new();
    for ordinal in 0..5 {
        for index in [1, 2] {
            let mut made = row(ordinal, index + u64::from(ordinal) * 2, "pay");
            made.qty = Some(index as i64);
            rows.push(made);
        }
    }
    let world = World::events(&rows);
    let sql = "SELECT oneid, qty AS value FROM events";
    let error = world.run(TagKind::Int, sql).expect_err("two values");
    assert!(matches!(&error, Error::TwoValues { examples, .. } if examples.len() == 3));
    assert!(
        error.to_string().contains(&person(0).to_string()),
        "{error}"
    );
    let sql = "SELECT oneid, CASE WHEN qty = 2 THEN qty END AS value FROM events";
    assert_eq!(world.ints(sql).len(), 5, "NULL is no second value");
}

#[test]
fn a_run_can_be_stopped_by_time_and_by_its_sink() {
    let world = world();
    let shard = world.shard_at();
    let mut spec = world.spec(TagKind::Int, "SELECT oneid, qty AS value FROM events");
    let mut refuse = |_, _| Err("the disk is full".into());
    let error = block_on(run_tag(&world.runtime, &spec, &shard, &mut refuse));
    assert!(chain(&error.expect_err("refused")).contains("the disk is full"));
    spec.timeout = Some(Duration::ZERO);
    let mut keep = |_, _| Ok(());
    let error = block_on(run_tag(&world.runtime, &spec, &shard, &mut keep));
    assert_eq!(error.expect_err("no time").kind(), ErrorKind::Timeout);
}

#[test]
fn damage_in_a_run_is_reported_as_damage() {
    use object_store::ObjectStoreExt;
    use object_store::path::Path;
    let mut world = World::new();
    let rows: Vec<_> = (1..9).map(|n| row(n as u32, n, "pay")).collect();
    world.add(table("events", TableKind::Events), 100, &[], &[&rows]);
    let path = Path::from("events-0");
    block_on(async {
        let bytes = world
            .store
            .get(&path)
            .await
            .expect("there")
            .bytes()
            .await
            .expect("read");
        let mut bytes = bytes.to_vec();
        bytes[100] ^= 4;
        world
            .store
            .put(&path, bytes.into())
            .await
            .expect("memory takes it");
    });
    let sql = "SELECT oneid, count(*) AS value FROM events GROUP BY oneid";
    let error = world.run(TagKind::Int, sql).expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
    assert!(chain(&error).contains("events-0"), "{}", chain(&error));
}

#[test]
fn definitions_are_checked_without_data() {
    let world = World::new();
    let tables = [table("events", TableKind::Events)];
    let tags = vec![(name("ltv"), TagKind::Int)];
    let check = |sql: &str| {
        let spec = world.spec(TagKind::Int, sql);
        block_on(check_tag(&world.runtime, &spec, &tables, tags.clone()))
    };
    let query = check("SELECT p.oneid, p.ltv AS value FROM people p").expect("fits");
    assert_eq!(Vec::from_iter(&query.reads_tags), ["ltv"]);
    assert!(query.reads_tables.is_empty());
    let error = check("SELECT oneid, ltvv AS value FROM people").expect_err("no such tag");
    assert!(error.to_string().contains("ltv"), "{error}");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
