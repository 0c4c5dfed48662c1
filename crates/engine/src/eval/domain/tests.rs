//! Sets of raw values against the scalar definition, value by value.

use tagma_core::{ValueType, segment::scalar};

use super::*;

fn bound(unscaled: i128, from: u8, to: u8) -> (i128, i128) {
    let bound = Bound::number(unscaled, from, to);
    (bound.floor, bound.ceiling)
}

#[test]
fn constants_of_other_scales_are_rounded_both_ways() {
    assert_eq!(bound(245, 1, 0), (24, 25));
    assert_eq!(bound(-245, 1, 0), (-25, -24));
    assert_eq!(bound(250, 1, 0), (25, 25));
    assert_eq!(bound(25, 0, 2), (2_500, 2_500));
    assert_eq!(bound(-1, 38, 0), (-1, 0));
    assert_eq!(bound(1, 38, 18), (0, 1));
    assert_eq!(bound(0, 38, 0), (0, 0));
    let far = 10_i128.pow(37);
    assert_eq!(bound(far, 0, 18), (1 << 100, 1 << 100));
    assert_eq!(bound(-far, 0, 18), (-(1 << 100), -(1 << 100)));
}

fn node(value_type: ValueType, kind: NodeKind) -> Box<Node> {
    Box::new(Node { value_type, kind })
}

fn literal(value: &Value) -> Box<Node> {
    node(value.value_type(), NodeKind::Literal(value.clone()))
}

/// Every raw value around 0, at the ends of the kind, and no value at all.
fn check(condition: NodeKind, kind: TagKind) {
    let condition = node(ValueType::Bool, condition);
    let set = values_where(&condition, kind).expect("a set");
    let holds = |value: Value| scalar::matches(&condition, &mut |_| value.clone());
    assert_eq!(Ok(set.null), holds(Value::Null), "{condition:?}");
    for raw in (-40..=40).chain([i64::MIN, i64::MAX]) {
        let value = match kind {
            TagKind::Decimal { scale, .. } => Value::Decimal {
                unscaled: raw.into(),
                scale,
            },
            TagKind::Date => match i32::try_from(raw) {
                Ok(days) => Value::Date(days),
                Err(_) => continue,
            },
            TagKind::Timestamp => Value::Timestamp(raw),
            _ => Value::Int(raw.into()),
        };
        let inside = !set.raws.meeting(raw, raw).is_empty();
        assert_eq!(Ok(inside), holds(value), "{raw}: {condition:?}");
    }
}

fn constants(kind: TagKind) -> Vec<Value> {
    let numbers = [
        (0, 0),
        (2, 0),
        (-2, 0),
        (20, 1),
        (25, 1),
        (-25, 1),
        (199, 3),
        (200, 3),
        (201, 3),
        (-201, 3),
        (1, 38),
        (-1, 38),
        (10_i128.pow(37), 0),
        (-(10_i128.pow(37)), 0),
    ];
    let mut values = vec![Value::Null];
    match kind {
        TagKind::Date => values.extend([-41, -3, 0, 7].map(Value::Date)),
        TagKind::Timestamp => values.extend([-3, 0, i64::MIN, i64::MAX].map(Value::Timestamp)),
        _ => values.extend(numbers.map(|(unscaled, scale)| match scale {
            0 => Value::Int(unscaled),
            scale => Value::Decimal { unscaled, scale },
        })),
    }
    values
}

const KINDS: [TagKind; 4] = [
    TagKind::Int,
    TagKind::Decimal {
        precision: 18,
        scale: 2,
    },
    TagKind::Date,
    TagKind::Timestamp,
];

fn tag(kind: TagKind) -> Box<Node> {
    node(kind.value_type(), NodeKind::Tag(0))
}

#[test]
fn comparisons_are_exact_at_every_scale_from_both_sides() {
    use CompareOp::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    for kind in KINDS {
        for value in constants(kind) {
            for op in [Eq, NotEq, Lt, LtEq, Gt, GtEq] {
                let (left, right) = (tag(kind), literal(&value));
                check(NodeKind::Compare { op, left, right }, kind);
                let (left, right) = (literal(&value), tag(kind));
                check(NodeKind::Compare { op, left, right }, kind);
            }
        }
    }
}

#[test]
fn between_and_in_are_exact_and_three_valued() {
    for kind in KINDS {
        let values = constants(kind);
        for negated in [false, true] {
            for low in &values {
                for high in &values {
                    let (value, low, high) = (tag(kind), literal(low), literal(high));
                    check(
                        NodeKind::Between {
                            value,
                            low,
                            high,
                            negated,
                        },
                        kind,
                    );
                }
            }
            for list in [
                values[1..].to_vec(),
                values.clone(),
                vec![Value::Null],
                Vec::new(),
            ] {
                let mut list = list;
                // As the plan has it.
                list.sort();
                list.dedup();
                check(
                    NodeKind::In {
                        value: tag(kind),
                        list,
                        negated,
                    },
                    kind,
                );
            }
            check(
                NodeKind::IsNull {
                    value: tag(kind),
                    negated,
                },
                kind,
            );
        }
    }
}

#[test]
fn connectives_are_three_valued() {
    let kind = TagKind::Int;
    let compare = |op, value| {
        let (left, right) = (tag(kind), literal(&value));
        *node(ValueType::Bool, NodeKind::Compare { op, left, right })
    };
    let is_null = *node(
        ValueType::Bool,
        NodeKind::IsNull {
            value: tag(kind),
            negated: false,
        },
    );
    let parts = [
        compare(CompareOp::Lt, Value::Int(5)),
        compare(CompareOp::Eq, Value::Null),
        compare(CompareOp::GtEq, Value::Int(-5)),
        is_null,
    ];
    for a in &parts {
        for b in &parts {
            for kind_of in [NodeKind::And, NodeKind::Or] {
                let inner = kind_of(vec![a.clone(), b.clone()]);
                check(inner.clone(), kind);
                check(NodeKind::Not(node(ValueType::Bool, inner)), kind);
            }
        }
    }
}

#[test]
fn other_conditions_are_left_to_be_computed() {
    let kind = TagKind::Int;
    let sum = node(
        ValueType::Int,
        NodeKind::Arithmetic {
            op: tagma_core::segment::ArithmeticOp::Add,
            left: tag(kind),
            right: literal(&Value::Int(1)),
        },
    );
    let (left, right) = (sum, literal(&Value::Int(3)));
    let condition = node(
        ValueType::Bool,
        NodeKind::Compare {
            op: CompareOp::Eq,
            left,
            right,
        },
    );
    assert_eq!(values_where(&condition, kind), None);
}
