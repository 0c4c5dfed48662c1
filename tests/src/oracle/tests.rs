//! The oracle against answers worked out by hand from the meaning of the language.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use tagma_core::{
    AsOf, LogIndex, OneId, ShardId, Value,
    schema::{Name, TagKind},
    segment::{ArithmeticOp, CompareOp, DateUnit, Expr, Interval, Literal, Scalar},
};

use super::*;

const NOW: LogIndex = LogIndex(10);

fn person(ordinal: u32) -> OneId {
    OneId::new(ShardId::new(1).expect("a shard"), ordinal)
}

fn people(ordinals: &[u32]) -> BTreeSet<OneId> {
    ordinals.iter().map(|ordinal| person(*ordinal)).collect()
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn tag(text: &str) -> Box<Scalar> {
    Box::new(Scalar::Tag(name(text)))
}

fn text(text: &str) -> Literal {
    Literal::Text(text.to_owned())
}

fn compare(op: CompareOp, left: Box<Scalar>, right: Scalar) -> Scalar {
    let right = Box::new(right);
    Scalar::Compare { op, left, right }
}

/// Microseconds of `hours` on 1970-01-01 UTC.
fn hours(hours: i64) -> i64 {
    hours * 3_600_000_000
}

/// Four people; 0 and 1 live in Shanghai and Hangzhou, 2 nowhere known, 3 is dead from 9 on.
fn world() -> World {
    let mut world = World::new(Tz::Asia__Shanghai);
    (0..4).for_each(|ordinal| world.add_person(person(ordinal), LogIndex(1)));
    world.kill(person(3), LogIndex(9));
    let kinds = [
        ("city", TagKind::Category),
        ("age", TagKind::Int),
        ("born", TagKind::Date),
        ("seen", TagKind::Timestamp),
        ("vip", TagKind::Bool),
    ];
    for (tag, kind) in kinds {
        world.add_tag(name(tag), kind);
    }
    let cities = ["上海", "杭州"].map(|city| Value::Text(city.to_owned()));
    let mut publish = |tag: &str, values: Vec<(u32, Value)>| {
        let values = values
            .into_iter()
            .map(|(ordinal, value)| (person(ordinal), value));
        world
            .publish(&name(tag), LogIndex(5), values)
            .expect("declared");
    };
    publish("city", (0..).zip(cities).collect());
    publish(
        "age",
        vec![(0, Value::Int(30)), (1, Value::Int(0)), (3, Value::Int(1))],
    );
    publish("born", vec![(0, Value::Date(0)), (1, Value::Date(31))]);
    let (early, late) = (Value::Timestamp(hours(-8)), Value::Timestamp(hours(20)));
    publish("seen", vec![(0, early), (1, late)]);
    publish("vip", vec![(0, Value::Bool(true)), (1, Value::Bool(false))]);
    world
}

fn ask(expr: &Expr) -> BTreeSet<OneId> {
    let world = world();
    world
        .evaluate(expr, NOW, AsOf(0), world.zone)
        .expect("an answer")
}

fn ask_leaf(leaf: Scalar) -> BTreeSet<OneId> {
    ask(&Expr::Leaf(leaf))
}

fn ask_error(leaf: Scalar) -> OracleError {
    let world = world();
    let answer = world.evaluate(&Expr::Leaf(leaf), NOW, AsOf(0), world.zone);
    answer.expect_err("an error")
}

#[test]
fn not_above_a_leaf_is_the_complement_and_inside_it_is_sql() {
    let shanghai = || compare(CompareOp::Eq, tag("city"), Scalar::Literal(text("上海")));
    assert_eq!(ask_leaf(shanghai()), people(&[0]));
    let complement = Expr::Not(Box::new(Expr::Leaf(shanghai())));
    assert_eq!(ask(&complement), people(&[1, 2]));
    assert_eq!(ask_leaf(Scalar::Not(Box::new(shanghai()))), people(&[1]));
    let differs = compare(CompareOp::NotEq, tag("city"), Scalar::Literal(text("上海")));
    assert_eq!(ask_leaf(differs), people(&[1]));
}

#[test]
fn null_in_a_list_hides_who_is_not_found() {
    let is_in = |list: &[Literal], negated| {
        let list = list.to_vec();
        let value = tag("city");
        ask_leaf(Scalar::In {
            value,
            list,
            negated,
        })
    };
    assert_eq!(is_in(&[text("上海"), Literal::Null], false), people(&[0]));
    assert_eq!(is_in(&[text("上海"), Literal::Null], true), people(&[]));
    assert_eq!(is_in(&[text("上海")], true), people(&[1]));
}

#[test]
fn values_are_those_of_the_newest_version_at_the_index_and_of_the_living() {
    let mut world = world();
    let age = name("age");
    assert_eq!(world.value(&age, person(0), LogIndex(4)), Value::Null);
    assert_eq!(world.value(&age, person(3), LogIndex(8)), Value::Int(1));
    assert_eq!(world.value(&age, person(3), LogIndex(9)), Value::Null);
    world
        .publish(&age, LogIndex(8), [(person(1), Value::Int(5))])
        .expect("declared");
    assert_eq!(world.value(&age, person(0), LogIndex(7)), Value::Int(30));
    assert_eq!(world.value(&age, person(0), LogIndex(8)), Value::Null);
    assert_eq!(world.population(LogIndex(0)), people(&[]));
    assert_eq!(world.population(LogIndex(8)), people(&[0, 1, 2, 3]));
}

#[test]
fn zero_divides_to_null_and_null_spreads() {
    let (left, right) = (Box::new(Scalar::Literal(Literal::Int(60))), tag("age"));
    let op = ArithmeticOp::Div;
    let quotient = || {
        Box::new(Scalar::Arithmetic {
            op,
            left: left.clone(),
            right: right.clone(),
        })
    };
    let two = Scalar::Literal(Literal::Decimal {
        unscaled: 20,
        scale: 1,
    });
    assert_eq!(
        ask_leaf(compare(CompareOp::Eq, quotient(), two)),
        people(&[0])
    );
    let value = quotient();
    let negated = false;
    assert_eq!(ask_leaf(Scalar::IsNull { value, negated }), people(&[1, 2]));
}

#[test]
fn a_date_meets_a_timestamp_as_its_local_midnight() {
    // Midnight of 1970-01-01 in Shanghai is 16:00 UTC of the day before: both were seen at it
    // or later; 04:00 on the second of January there is 20:00 UTC.
    let not_before = |day| compare(CompareOp::GtEq, tag("seen"), Scalar::Literal(day));
    assert_eq!(ask_leaf(not_before(Literal::Date(0))), people(&[0, 1]));
    assert_eq!(ask_leaf(not_before(text("1970-01-02"))), people(&[1]));
    assert_eq!(
        ask_leaf(not_before(text("1970-01-02 04:00:00.000001"))),
        people(&[])
    );
    let local = Literal::LocalTimestamp(hours(28));
    assert_eq!(ask_leaf(not_before(local)), people(&[1]));
    let from = Box::new(Scalar::Today);
    let days = Box::new(Scalar::DaysBetween {
        from,
        to: tag("seen"),
    });
    let one = Scalar::Literal(Literal::Int(1));
    assert_eq!(ask_leaf(compare(CompareOp::Eq, days, one)), people(&[1]));
}

#[test]
fn steps_clamp_at_the_end_of_a_month_and_weeks_start_on_monday() {
    let by = Interval {
        months: -1,
        days: 0,
        micros: 0,
    };
    let value = tag("born");
    let stepped = Box::new(Scalar::Shift { value, by });
    let first_of_january = Scalar::Literal(Literal::Date(0));
    let equal = compare(CompareOp::Eq, stepped, first_of_january);
    assert_eq!(ask_leaf(equal), people(&[1]));
    let march_31 = Scalar::Literal(Literal::Date(89));
    let by = Interval {
        months: 1,
        days: 0,
        micros: 0,
    };
    let value = Box::new(Scalar::Literal(Literal::Date(58)));
    let clamped = Box::new(Scalar::Shift { value, by });
    assert_eq!(
        ask_leaf(compare(CompareOp::Eq, clamped.clone(), march_31)),
        people(&[])
    );
    let march_28 = Scalar::Literal(Literal::Date(86));
    assert_eq!(ask_leaf(compare(CompareOp::Eq, clamped, march_28)).len(), 3);
    // 1970-01-01 is a Thursday.
    let (unit, value) = (DateUnit::Week, tag("born"));
    let monday = Box::new(Scalar::DateTrunc { unit, value });
    let wanted = Scalar::Literal(text("1969-12-29"));
    assert_eq!(
        ask_leaf(compare(CompareOp::Eq, monday, wanted)),
        people(&[0])
    );
}

#[test]
fn only_the_branch_that_is_taken_can_fail() {
    let (op, most) = (ArithmeticOp::Mul, Literal::Int(10i128.pow(38) - 1));
    let right = Box::new(Scalar::Literal(most));
    let left = tag("age");
    let product = Scalar::Arithmetic { op, left, right };
    let guard = compare(CompareOp::Gt, tag("age"), Scalar::Literal(Literal::Int(1)));
    let case = |condition| Scalar::Case {
        branches: vec![(condition, Scalar::Literal(Literal::Int(7)))],
        otherwise: Some(Box::new(product.clone())),
    };
    let seven = Scalar::Literal(Literal::Int(7));
    let guarded = compare(CompareOp::Eq, Box::new(case(guard.clone())), seven.clone());
    assert_eq!(ask_leaf(guarded.clone()), people(&[0]));
    let world = world();
    let audit = world.audit(&Expr::Leaf(guarded), NOW, AsOf(0), world.zone);
    assert_eq!(audit, Err(OracleError::Overflow));
    let unguarded = case(Scalar::Not(Box::new(guard)));
    let unguarded = compare(CompareOp::Eq, Box::new(unguarded), seven);
    assert_eq!(ask_error(unguarded), OracleError::Overflow);
}

#[test]
fn what_has_no_meaning_is_an_error() {
    let less = compare(CompareOp::Lt, tag("city"), Scalar::Literal(text("x")));
    assert!(matches!(ask_error(less), OracleError::Mismatch(_)));
    let null = compare(CompareOp::Eq, tag("city"), Scalar::Literal(Literal::Null));
    assert!(matches!(ask_error(null), OracleError::Mismatch(_)));
    let families = compare(CompareOp::Eq, tag("city"), *tag("age"));
    assert!(matches!(ask_error(families), OracleError::Mismatch(_)));
    let date = compare(
        CompareOp::Eq,
        tag("born"),
        Scalar::Literal(text("1970-02-30")),
    );
    assert!(matches!(ask_error(date), OracleError::BadLiteral { .. }));
    assert!(matches!(
        ask_error(*tag("nothing")),
        OracleError::UnknownTag(_)
    ));
    assert!(matches!(ask_error(*tag("age")), OracleError::Mismatch(_)));
}

#[test]
fn nested_segments_are_read_at_the_index_in_their_own_calendar() {
    let mut world = world();
    let today = |zone| {
        let expr = Expr::Leaf(compare(CompareOp::Eq, tag("born"), Scalar::Today));
        Some(SegmentDefinition { expr, zone })
    };
    let young = name("young");
    world.save_segment(young.clone(), LogIndex(6), today(Some(Tz::UTC)));
    world.save_segment(
        young.clone(),
        LogIndex(8),
        today(Some(Tz::America__New_York)),
    );
    let ask = |world: &World, index| {
        world.evaluate(
            &Expr::Segment(young.clone()),
            LogIndex(index),
            AsOf(0),
            Tz::UTC,
        )
    };
    assert_eq!(
        ask(&world, 5),
        Err(OracleError::UnknownSegment(young.clone()))
    );
    assert_eq!(ask(&world, 7), Ok(people(&[0])));
    assert_eq!(ask(&world, 8), Ok(people(&[])));
    let expr = Expr::Not(Box::new(Expr::Segment(young.clone())));
    let itself = SegmentDefinition { expr, zone: None };
    world.save_segment(young.clone(), LogIndex(9), Some(itself));
    assert_eq!(ask(&world, 9), Err(OracleError::Cycle(young.clone())));
}

#[test]
fn a_waterfall_narrows_and_why_shows_every_leaf() {
    let vip = Expr::Leaf(*tag("vip"));
    let value = tag("city");
    let has_city = Expr::Leaf(Scalar::IsNull {
        value,
        negated: true,
    });
    let parts = vec![has_city.clone(), vip.clone(), Expr::All];
    let expr = Expr::And(parts);
    let world = world();
    let steps = world
        .waterfall(&expr, NOW, AsOf(0), world.zone)
        .expect("an answer");
    let sizes: Vec<u64> = steps.iter().map(|step| step.remaining).collect();
    assert_eq!(sizes, [2, 1, 1]);
    let why = |who| world.why(&expr, person(who), NOW, AsOf(0), world.zone);
    let leaves = why(2).expect("alive");
    let truths: Vec<_> = leaves.iter().map(|leaf| leaf.truth).collect();
    assert_eq!(truths, [Some(false), None, Some(true)]);
    assert_eq!(leaves[1].leaf, vip);
    assert_eq!(leaves[1].values, [(name("vip"), Value::Null)]);
    assert_eq!(why(3), Err(OracleError::NotInPopulation(person(3))));
}

#[test]
fn clocks_that_jump_are_read_before_the_gap_and_at_the_first_of_two() {
    // New York 2024: 02:00 to 03:00 of March 10 is skipped; 01:00 to 02:00 of November 3 is twice.
    let mut world = world();
    let local = |text: &str| Scalar::Literal(Literal::Text(text.to_owned()));
    let instant = |micros| Literal::Timestamp(micros);
    let zone = Tz::America__New_York;
    let mut seen = |micros: i64| {
        let values = [(person(0), Value::Timestamp(micros))];
        world
            .publish(&name("seen"), LogIndex(5), values)
            .expect("declared");
        world.clone()
    };
    let holds = |world: &World, leaf: Scalar| {
        let members = world.evaluate(&Expr::Leaf(leaf), NOW, AsOf(0), zone);
        members.expect("an answer").contains(&person(0))
    };
    let after_gap = 1_710_055_800_000_000; // 2024-03-10 03:30 -04:00
    let equal = |text: &str| compare(CompareOp::Eq, tag("seen"), local(text));
    assert!(holds(&seen(after_gap), equal("2024-03-10 02:30:00")));
    let first = 1_730_611_800_000_000; // 2024-11-03 01:30 -04:00
    assert!(holds(&seen(first), equal("2024-11-03 01:30:00")));
    // The second 01:30: its hour starts at the second 01:00, its day at the only midnight.
    let second = first + 3_600_000_000;
    let trunc = |unit, wanted| {
        let value = tag("seen");
        let start = Box::new(Scalar::DateTrunc { unit, value });
        compare(CompareOp::Eq, start, wanted)
    };
    let hour = Scalar::Literal(instant(second - 1_800_000_000));
    assert!(holds(&seen(second), trunc(DateUnit::Hour, hour)));
    let midnight = Scalar::Literal(instant(first - 5_400_000_000));
    assert!(holds(&seen(second), trunc(DateUnit::Day, midnight)));
}
