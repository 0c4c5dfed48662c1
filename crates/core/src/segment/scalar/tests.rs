//! Values of one person, by text.

use crate::{
    id::AsOf,
    schema::{Name, TagKind},
    segment::{
        Node, NodeKind, Plan, Predicate, SavedSegment, Scope, TagSlot, bind, parse,
        scalar::{EvalError, contains_person, eval, matches},
    },
    value::{Value, ValueType},
};

struct Tags;

const AMOUNT: TagKind = TagKind::Decimal {
    precision: 18,
    scale: 2,
};

impl Scope for Tags {
    fn tag(&self, name: &str) -> Option<TagSlot> {
        let kind = match name {
            "n" | "m" => TagKind::Int,
            "d" => AMOUNT,
            "t" => TagKind::Category,
            "b" | "c" => TagKind::Bool,
            "day" => TagKind::Date,
            "at" => TagKind::Timestamp,
            _ => return None,
        };
        Some(TagSlot {
            name: Name::new(name).expect("a name"),
            kind,
            version: None,
        })
    }

    fn tag_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn segment(&self, _: &str) -> Option<SavedSegment> {
        None
    }

    fn segment_names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// n = 7, d = 1.50, t = 'Ab%', b = true, day = 1970-01-31, at = 1970-01-31T12:00Z; m, c empty.
fn value_of(plan: &Plan, slot: usize) -> Value {
    match plan.tags[slot].name.as_str() {
        "n" => Value::Int(7),
        "d" => Value::Decimal {
            unscaled: 150,
            scale: 2,
        },
        "t" => Value::Text("Ab%".to_owned()),
        "b" => Value::Bool(true),
        "day" => Value::Date(30),
        "at" => Value::Timestamp(30 * 86_400_000_000 + 43_200_000_000),
        _ => Value::Null,
    }
}

fn plan(text: &str) -> Plan {
    let tree = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let bound = bind(&tree, &Tags, AsOf(0), "America/New_York");
    bound.unwrap_or_else(|error| panic!("{text}: {error}")).0
}

fn holds(text: &str) -> Result<bool, EvalError> {
    let plan = plan(text);
    contains_person(&plan.root, &mut |slot| value_of(&plan, slot))
}

#[track_caller]
fn all_hold(texts: &[&str]) {
    for text in texts {
        assert_eq!(holds(text), Ok(true), "{text}");
        assert_eq!(holds(&format!("NOT ({text})")), Ok(false), "NOT ({text})");
    }
}

#[track_caller]
fn none_hold(texts: &[&str]) {
    for text in texts {
        assert_eq!(holds(text), Ok(false), "{text}");
        // A complement holds whom the leaf does not hold, NULL or FALSE.
        assert_eq!(holds(&format!("NOT ({text})")), Ok(true), "NOT ({text})");
    }
}

#[test]
fn comparisons() {
    all_hold(&[
        "n = 7",
        "n = 7.0",
        "n <> 8",
        "n < 7.5",
        "n >= 7",
        "d = 1.5",
        "d > 1",
        "t = 'Ab%'",
        "b",
        "b = TRUE",
        "day < at",
        "day = '1970-01-31'",
        "n IN (1, 7)",
        "n NOT IN (1, 2)",
        "n BETWEEN 7 AND 7",
        "n NOT BETWEEN 8 AND 9",
        "n BETWEEN m AND 9 OR TRUE",
    ]);
    none_hold(&[
        "n = 8",
        "n <> 7",
        "t = 'ab%'",
        "b = FALSE",
        "n NOT IN (7)",
        "n BETWEEN 8 AND 6",
    ]);
}

#[test]
fn null_is_never_true_and_its_complement_always() {
    none_hold(&[
        "m = 1",
        "m <> 1",
        "m IN (1)",
        "m NOT IN (1)",
        "m BETWEEN 1 AND 2",
        "m NOT BETWEEN 1 AND 2",
        "c",
        "c = FALSE",
        "m + 1 > 0",
        "n NOT IN (1, NULL)",
        "n IN (1, NULL)",
        "m = m",
        "(c AND b) = TRUE",
        "(c OR c) = FALSE",
        "(NOT c) = TRUE",
    ]);
    all_hold(&[
        "m IS NULL",
        "n IS NOT NULL",
        "(m = 1) IS NULL",
        "(c AND b) IS NULL",
        "(c OR b) = TRUE",
        "(c AND NOT b) = FALSE",
        "(NOT c) IS NULL",
        "n IN (7, NULL)",
        "(n NOT IN (7, NULL)) = FALSE",
        "(n NOT BETWEEN m AND 6) IS NOT NULL",
    ]);
}

#[test]
fn text_operations() {
    all_hold(&[
        "t LIKE 'A_\\%'",
        "t LIKE '%b%'",
        "t NOT LIKE 'a%'",
        "lower(t) = 'ab%'",
        "prefix(t, 'Ab')",
        "contains(t, '%')",
        "NOT prefix(t, 'b')",
        "prefix(t, '')",
    ]);
    none_hold(&["t LIKE 'Ab'", "contains(t, 'B')"]);
}

#[test]
fn arithmetic_is_exact() {
    all_hold(&[
        "n + d = 8.50",
        "n - d = 5.5",
        "n * d = 10.5",
        "d * d = 2.25",
        "n / 2 = 3.5",
        "n / 3 = 2.333333333",
        "0 - n / 3 = -2.333333333",
        "(n / 0) IS NULL",
        "n / 0.0 IS NULL",
        "2 * n > 13.99",
    ]);
    let big = "9".repeat(38);
    let error = holds(&format!("n + {big} > 0")).expect_err("too great");
    assert_eq!(
        error.to_string(),
        format!("`7 + {big}` cannot be computed exactly")
    );
    assert_eq!(error.kind(), crate::ErrorKind::Invalid);
    // Also where the other side decides: no order of evaluation shows.
    assert!(holds(&format!("b OR n + {big} > 0")).is_err());
    assert!(holds(&format!("(NOT b AND n + {big} > 0) IS NULL")).is_err());
}

#[test]
fn choices_evaluate_only_what_they_choose() {
    let big = "9".repeat(38);
    all_hold(&[
        "CASE WHEN c THEN 1 WHEN b THEN 2 ELSE 3 END = 2",
        "CASE WHEN c THEN 1 END IS NULL",
        "COALESCE(m, n, 1) = 7",
        "COALESCE(m, NULL) IS NULL",
        &format!("CASE WHEN b THEN 1 ELSE n + {big} END = 1"),
        &format!("COALESCE(n, n + {big}) = 7"),
    ]);
}

#[test]
fn calendars_are_local() {
    all_hold(&[
        // at is 07:00 in New York.
        "date_trunc('day', at) = TIMESTAMP '1970-01-31 00:00:00'",
        "date_trunc('month', day) = DATE '1970-01-01'",
        "day + INTERVAL '1 month' = '1970-02-28'",
        "at - INTERVAL '1 month 12 hours' = TIMESTAMP '1969-12-30 19:00:00'",
        "day + INTERVAL '5 hours' = TIMESTAMP '1970-01-31T10:00:00Z'",
        "days_between(day, at) = 0",
        "days_between(at, TIMESTAMP '1970-02-01T04:59:00Z') = 0",
        "days_between(at, TIMESTAMP '1970-02-01T05:00:00Z') = 1",
        "days_between(day, '1970-02-03') = 3",
    ]);
    let error = holds("day + INTERVAL '9000 years' > now()").expect_err("too late");
    assert_eq!(
        error.to_string(),
        "`a step of 1970-01-31` cannot be computed"
    );
}

#[test]
fn decimals_have_the_scale_of_their_node() {
    for (text, scale) in [
        ("COALESCE(m, d) > 0", 2),
        ("CASE WHEN b THEN n ELSE d END > 0", 2),
        ("n / 4 > 0", 9),
        ("n + 0.125 > 0", 3),
        ("d * 2.5 > 0", 3),
    ] {
        let plan = plan(text);
        let Predicate::Leaf(Node {
            kind: NodeKind::Compare { left, .. },
            ..
        }) = &plan.root
        else {
            panic!("{text}");
        };
        assert_eq!(left.value_type, ValueType::Decimal(scale), "{text}");
        let value = eval(left, &mut |slot| value_of(&plan, slot)).expect("a value");
        assert_eq!(value.value_type(), left.value_type, "{text}");
    }
}

#[test]
fn plans_that_no_binder_makes_are_errors() {
    let literal = |value: Value| {
        Box::new(Node {
            value_type: value.value_type(),
            kind: NodeKind::Literal(value),
        })
    };
    let node = Node {
        value_type: ValueType::Bool,
        kind: NodeKind::Compare {
            op: crate::segment::CompareOp::Eq,
            left: literal(Value::Int(1)),
            right: literal(Value::Text(String::new())),
        },
    };
    let error = matches(&node, &mut |_| Value::Null).expect_err("two families");
    assert_eq!(error.kind(), crate::ErrorKind::Internal);
    let node = *literal(Value::Int(1));
    assert!(matches(&node, &mut |_| Value::Null).is_err());
    let node = Node {
        value_type: ValueType::Timestamp,
        kind: NodeKind::LocalMidnight {
            value: literal(Value::Date(i32::MAX)),
            zone: "Nowhere".to_owned(),
        },
    };
    assert!(eval(&node, &mut |_| Value::Null).is_err());
}
