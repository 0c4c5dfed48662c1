//! Types: what meets what, and what the error says.

use super::world::{plan, refused};
use crate::{
    segment::{Node, NodeKind, Predicate},
    value::{Value, ValueType},
};

#[track_caller]
fn leaf(text: &str) -> Node {
    match plan(text).root {
        Predicate::Leaf(node) => node,
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn right(text: &str) -> Node {
    match leaf(text).kind {
        NodeKind::Compare { right, .. } => *right,
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn left(text: &str) -> Node {
    match leaf(text).kind {
        NodeKind::Compare { left, .. } => *left,
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn list(text: &str) -> Vec<Value> {
    match leaf(text).kind {
        NodeKind::In { list, .. } => list,
        other => panic!("{text}: {other:?}"),
    }
}

fn day(days: i32) -> NodeKind {
    NodeKind::Literal(Value::Date(days))
}

fn instant(micros: i64) -> NodeKind {
    NodeKind::Literal(Value::Timestamp(micros))
}

#[test]
fn text_takes_the_type_of_what_it_meets() {
    assert_eq!(right("birthday = '1970-01-02'").kind, day(1));
    // Shanghai is eight hours ahead.
    assert_eq!(
        right("last_order > '1970-01-01'").kind,
        instant(-28_800_000_000)
    );
    assert_eq!(right("last_order > '1970-01-01 08:00'").kind, instant(0));
    assert_eq!(
        right("last_order > '1970-01-01T00:00:01Z'").kind,
        instant(1_000_000)
    );
    let text = NodeKind::Literal(Value::Text("1970-01-01".to_owned()));
    assert_eq!(right("city = '1970-01-01'").kind, text);
    assert_eq!(left("'1970-01-02' = birthday").kind, day(1));
    let Predicate::Leaf(node) = plan("COALESCE(birthday, '1970-01-02') > '1970-01-03'").root else {
        panic!("no leaf");
    };
    let NodeKind::Compare { left, right, .. } = node.kind else {
        panic!("no comparison");
    };
    assert_eq!((left.value_type, right.kind), (ValueType::Date, day(2)));
    let case = left_of_case("CASE WHEN is_vip THEN '1970-01-02' END = birthday");
    assert_eq!(case, ValueType::Date);
    assert_eq!(
        list("birthday IN ('1970-01-03', '1970-01-02', '1970-01-02')").len(),
        2
    );
}

fn left_of_case(text: &str) -> ValueType {
    left(text).value_type
}

#[test]
fn dates_that_meet_timestamps_are_local_midnights() {
    let lifted = left("birthday < last_order");
    assert_eq!(lifted.value_type, ValueType::Timestamp);
    assert!(
        matches!(&lifted.kind, NodeKind::LocalMidnight { zone, .. } if zone == "Asia/Shanghai")
    );
    assert_eq!(
        right("last_order < DATE '1970-01-01'").kind,
        instant(-28_800_000_000)
    );
    let NodeKind::In { value, list, .. } =
        leaf("birthday IN (DATE '1970-01-01', TIMESTAMP '1970-01-01T00:00:00Z')").kind
    else {
        panic!("no list");
    };
    assert_eq!(value.value_type, ValueType::Timestamp);
    assert_eq!(
        list,
        [Value::Timestamp(-28_800_000_000), Value::Timestamp(0)]
    );
    let case = left("CASE WHEN is_vip THEN birthday ELSE last_order END > now()");
    assert_eq!(case.value_type, ValueType::Timestamp);
}

#[test]
fn numbers_have_the_scale_of_their_operation() {
    let scale = |text: &str| left(&format!("{text} > 0")).value_type;
    assert_eq!(scale("age + 1"), ValueType::Int);
    assert_eq!(scale("age + 1.25"), ValueType::Decimal(2));
    assert_eq!(scale("ltv * 1.5"), ValueType::Decimal(3));
    assert_eq!(scale("age * 2"), ValueType::Int);
    assert_eq!(scale("age / 2"), ValueType::Decimal(9));
    assert_eq!(scale("COALESCE(age, ltv)"), ValueType::Decimal(2));
    assert_eq!(
        scale("CASE WHEN is_vip THEN 1 ELSE 0.5 END"),
        ValueType::Decimal(1)
    );
    assert_eq!(scale("days_between(birthday, now())"), ValueType::Int);
    // A constant that fits is computed.
    assert_eq!(right("age > 2 * 3").kind, NodeKind::Literal(Value::Int(6)));
    // One that does not stays, to fail only if it is evaluated.
    let big = "9".repeat(38);
    assert!(matches!(
        right(&format!("age > {big} * 10")).kind,
        NodeKind::Arithmetic { .. }
    ));
}

#[test]
fn lists_of_numbers_have_the_type_of_their_value() {
    let decimal = |unscaled| Value::Decimal { unscaled, scale: 2 };
    assert_eq!(
        list("ltv IN (3, 1.5, 1.50, 0.001)"),
        [decimal(150), decimal(300)]
    );
    assert_eq!(list("age IN (2, 1.0, 1.5)"), [Value::Int(1), Value::Int(2)]);
    // Nothing fits: the list stays as it is rather than empty.
    assert_eq!(
        list("age NOT IN (1.5)"),
        [Value::Decimal {
            unscaled: 15,
            scale: 1
        }]
    );
    assert_eq!(list("age IN (2, NULL)"), [Value::Null, Value::Int(2)]);
}

#[test]
fn misfits_say_what_to_write() {
    refused(
        "age = '25'",
        1,
        &["text '25' meets a number", "without quotes"],
    );
    refused("is_vip AND age = city", 12, &["int and text do not meet"]);
    refused("is_vip = 1", 1, &["a bool meets only a bool"]);
    refused("is_vip < TRUE", 1, &["a bool has no order"]);
    refused("city < 'b'", 1, &["values of a category have no order"]);
    refused("city BETWEEN 'a' AND 'b'", 1, &["no order"]);
    refused("COALESCE(city, 'x') >= 'b'", 1, &["no order"]);
    refused("age", 1, &["int is no condition"]);
    refused("age LIKE 'a%'", 1, &["`age` is int, not text"]);
    refused("prefix(birthday, 'a')", 1, &["not text"]);
    refused("city + 1 > 2", 1, &["`city` is text, not a number"]);
    refused("last_order - first_order > 3", 1, &["use days_between"]);
    refused("birthday + 1 > now()", 1, &["add an INTERVAL"]);
    refused(
        "age + INTERVAL '1 day' > now()",
        1,
        &["`age` is int, not a time"],
    );
    refused("date_trunc('day', city) = now()", 1, &["not a time"]);
    refused("CASE WHEN age THEN 1 END = 1", 11, &["no condition"]);
    refused(
        "CASE WHEN is_vip THEN 1 ELSE 'a' END = 1",
        1,
        &["meets a number"],
    );
    refused("COALESCE(age, is_vip) = 1", 1, &["do not meet"]);
    refused("city IN (1)", 1, &["text and int do not compare"]);
    refused(
        "last_order > 'yesterday'",
        1,
        &["cannot be read", "not a timestamp"],
    );
    refused("birthday = '2024-05-17 10:00'", 1, &["not a date"]);
}

#[test]
fn unknown_tags_name_the_nearest_and_their_place() {
    refused(
        "is_vip AND  gendr = 'f'",
        13,
        &["there is no tag `gendr`; did you mean `gender`?"],
    );
    refused(
        "is_vip AND \"Zzzzz\" = 'f'",
        12,
        &["there is no tag `zzzzz`"],
    );
}

#[test]
fn order_of_text_that_is_no_category_is_allowed() {
    assert!(matches!(
        leaf("lower(city) < 'b'").kind,
        NodeKind::Compare { .. }
    ));
}

#[test]
fn null_meets_everything_but_comparison() {
    assert_eq!(left("COALESCE(NULL, age) = 1").value_type, ValueType::Int);
    assert_eq!(left("age + NULL = 1").value_type, ValueType::Int);
    assert_eq!(plan("COALESCE(NULL, NULL) = 1").root, Predicate::Nothing);
    assert_eq!(
        plan("age BETWEEN NULL AND 3 AND FALSE").root,
        Predicate::Nothing
    );
}
