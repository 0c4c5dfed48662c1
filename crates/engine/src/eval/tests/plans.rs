//! Random bound sets over the tags of a world: every operator over every kind that it takes.

use tagma_core::{
    Value, ValueType,
    segment::{ArithmeticOp, CompareOp, DateUnit, Interval, Node, NodeKind, Predicate},
};

use super::world::World;
use crate::testing::Random;

const COMPARE: [CompareOp; 6] = [
    CompareOp::Eq,
    CompareOp::NotEq,
    CompareOp::Lt,
    CompareOp::LtEq,
    CompareOp::Gt,
    CompareOp::GtEq,
];
const ZONES: [&str; 3] = ["UTC", "Asia/Shanghai", "America/New_York"];

pub(super) fn node(value_type: ValueType, kind: NodeKind) -> Node {
    Node { value_type, kind }
}

pub(super) fn literal(value: Value) -> Node {
    node(value.value_type(), NodeKind::Literal(value))
}

pub(super) fn tag(world: &World, slot: usize) -> Node {
    node(world.tags[slot].kind.value_type(), NodeKind::Tag(slot))
}

pub(super) fn compare(op: CompareOp, left: Node, right: Node) -> Node {
    let (left, right) = (Box::new(left), Box::new(right));
    node(ValueType::Bool, NodeKind::Compare { op, left, right })
}

/// A set of at most this depth.
pub(super) fn random_set(random: &mut Random, world: &World, depth: u32) -> Predicate {
    let parts = |random: &mut Random| {
        (0..random.below(3) + 2)
            .map(|_| random_set(random, world, depth - 1))
            .collect()
    };
    match random.below(8) {
        0 | 1 if depth > 0 => Predicate::And(parts(random)),
        2 | 3 if depth > 0 => Predicate::Or(parts(random)),
        4 | 5 if depth > 0 => Predicate::Not(Box::new(random_set(random, world, depth - 1))),
        _ => Predicate::Leaf(random_leaf(random, world)),
    }
}

fn random_leaf(random: &mut Random, world: &World) -> Node {
    let slot = random.below(world.tags.len() as u64) as usize;
    let own = tag(world, slot);
    match random.below(14) {
        0 => is_null(random, own),
        1 | 2 => one_of(random, world, slot),
        3 => between(random, world, slot),
        4 => connected(random, world, slot),
        5 => chosen(random, world, slot),
        6 | 7 => special(random, world, slot),
        8 => {
            let other = same_family(world, slot);
            let op = random_op(random, own.value_type);
            compare(op, own, tag(world, other))
        }
        _ => constant_compare(random, world, slot),
    }
}

fn is_null(random: &mut Random, value: Node) -> Node {
    let value = Box::new(value);
    let negated = random.one_in(2);
    node(ValueType::Bool, NodeKind::IsNull { value, negated })
}

/// The second tag of the same kind.
fn same_family(world: &World, slot: usize) -> usize {
    (slot + world.tags.len() / 2) % world.tags.len()
}

fn random_op(random: &mut Random, value_type: ValueType) -> CompareOp {
    match value_type {
        ValueType::Bool | ValueType::Text => *random.pick(&COMPARE[..2]),
        _ => *random.pick(&COMPARE),
    }
}

/// A constant near the tag's values: often one of them.
fn constant(random: &mut Random, world: &World, slot: usize) -> Value {
    let model = &world.models[slot];
    let at = random.below(u64::from(world.population.max(1))) as u32;
    let near = model
        .range(at..)
        .next()
        .or(model.iter().next())
        .map(|(_, value)| value.clone());
    let near = near.unwrap_or(match world.tags[slot].kind.value_type() {
        ValueType::Bool => Value::Bool(true),
        ValueType::Text => Value::Text("v1".to_owned()),
        ValueType::Date => Value::Date(0),
        ValueType::Timestamp => Value::Timestamp(0),
        _ => Value::Int(7),
    });
    match near {
        Value::Int(value) => other_scale(random, value, 0),
        Value::Decimal { unscaled, scale } => other_scale(random, unscaled, scale),
        Value::Text(_) if random.one_in(8) => Value::Text("nowhere".to_owned()),
        Value::Date(days) => Value::Date(days + random.below(3) as i32 - 1),
        Value::Timestamp(at) => Value::Timestamp(at + random.between(-1, 1)),
        near => near,
    }
}

/// A number near this one, as an int or with more or fewer digits after the point.
fn other_scale(random: &mut Random, unscaled: i128, scale: u8) -> Value {
    let power = |digits: u8| 10_i128.pow(u32::from(digits));
    match random.below(5) {
        0 => Value::Int(unscaled / power(scale)),
        1 => Value::Decimal {
            unscaled: unscaled * 1_000 + i128::from(random.between(-1, 1)),
            scale: scale + 3,
        },
        2 => Value::Decimal {
            unscaled: unscaled.signum() * power(37),
            scale: 1,
        },
        3 if scale == 0 => Value::Int(unscaled + 1),
        _ => Value::Decimal { unscaled, scale },
    }
}

fn maybe_null(random: &mut Random, value: Value) -> Value {
    if random.one_in(12) {
        Value::Null
    } else {
        value
    }
}

fn constant_compare(random: &mut Random, world: &World, slot: usize) -> Node {
    let own = tag(world, slot);
    if own.value_type == ValueType::Bool && random.one_in(3) {
        return own;
    }
    let value = constant(random, world, slot);
    let value = literal(maybe_null(random, value));
    let op = random_op(random, own.value_type);
    match random.one_in(4) {
        true => compare(op, value, own),
        false => compare(op, own, value),
    }
}

fn one_of(random: &mut Random, world: &World, slot: usize) -> Node {
    let count = *random.pick(&[1, 3, 10, 40]);
    let mut list: Vec<_> = (0..count).map(|_| constant(random, world, slot)).collect();
    if random.one_in(5) {
        list.push(Value::Null);
    }
    list.sort();
    list.dedup();
    let kind = NodeKind::In {
        value: Box::new(tag(world, slot)),
        list,
        negated: random.one_in(3),
    };
    node(ValueType::Bool, kind)
}

fn between(random: &mut Random, world: &World, slot: usize) -> Node {
    let own = tag(world, slot);
    if matches!(own.value_type, ValueType::Bool | ValueType::Text) {
        return constant_compare(random, world, slot);
    }
    let end = |random: &mut Random| {
        let value = constant(random, world, slot);
        Box::new(literal(maybe_null(random, value)))
    };
    let kind = NodeKind::Between {
        value: Box::new(own),
        low: end(random),
        high: end(random),
        negated: random.one_in(3),
    };
    node(ValueType::Bool, kind)
}

/// Three-valued connectives below a leaf.
fn connected(random: &mut Random, world: &World, slot: usize) -> Node {
    let parts = vec![
        constant_compare(random, world, slot),
        one_of(random, world, slot),
        is_null(random, tag(world, slot)),
    ];
    let inner = match random.one_in(2) {
        true => NodeKind::And(parts),
        false => NodeKind::Or(parts),
    };
    let inner = node(ValueType::Bool, inner);
    match random.one_in(2) {
        true => node(ValueType::Bool, NodeKind::Not(Box::new(inner))),
        false => inner,
    }
}

/// CASE and COALESCE.
fn chosen(random: &mut Random, world: &World, slot: usize) -> Node {
    let own = tag(world, slot);
    if random.one_in(2) {
        let yes = literal(Value::Bool(true));
        let branches = vec![(constant_compare(random, world, slot), yes)];
        let otherwise = match random.one_in(2) {
            true => Some(Box::new(is_null(random, own))),
            false => None,
        };
        return node(
            ValueType::Bool,
            NodeKind::Case {
                branches,
                otherwise,
            },
        );
    }
    let value_type = own.value_type;
    let op = random_op(random, value_type);
    let value = match constant(random, world, slot) {
        // The whole has the tag's type.
        Value::Int(_) | Value::Decimal { .. } => world.models[slot]
            .values()
            .next()
            .cloned()
            .unwrap_or(Value::Null),
        value => value,
    };
    let first = node(
        value_type,
        NodeKind::Coalesce(vec![own, literal(value.clone())]),
    );
    compare(op, first, literal(value))
}

/// Functions of one kind of value.
fn special(random: &mut Random, world: &World, slot: usize) -> Node {
    match tag(world, slot).value_type {
        ValueType::Text => text_function(random, world, slot),
        ValueType::Date | ValueType::Timestamp => time_function(random, world, slot),
        ValueType::Int | ValueType::Decimal(_) => arithmetic(random, world, slot),
        _ => constant_compare(random, world, slot),
    }
}

fn text_function(random: &mut Random, world: &World, slot: usize) -> Node {
    let own = || Box::new(tag(world, slot));
    let digit = random.below(10);
    let kind = match random.below(4) {
        0 => NodeKind::Like {
            value: own(),
            pattern: random.pick(&["v1%", "%2", "v_", "%"]).to_string(),
            negated: random.one_in(2),
        },
        1 => NodeKind::Prefix {
            value: own(),
            start: format!("v{digit}"),
        },
        2 => NodeKind::Contains {
            value: own(),
            part: digit.to_string(),
        },
        _ => {
            let lower = node(ValueType::Text, NodeKind::Lower(own()));
            return compare(
                *random.pick(&COMPARE),
                lower,
                literal(constant(random, world, slot)),
            );
        }
    };
    node(ValueType::Bool, kind)
}

fn time_function(random: &mut Random, world: &World, slot: usize) -> Node {
    let own = tag(world, slot);
    let value_type = own.value_type;
    let zone = random.pick(&ZONES).to_string();
    let value = Box::new(own);
    let op = *random.pick(&COMPARE);
    let target = constant(random, world, slot);
    let kind = match random.below(4) {
        0 => {
            let by = Interval {
                months: random.between(-14, 14) as i32,
                days: random.between(-40, 40) as i32,
                micros: 0,
            };
            NodeKind::Shift { value, by, zone }
        }
        1 => {
            let units = [
                DateUnit::Year,
                DateUnit::Month,
                DateUnit::Week,
                DateUnit::Day,
            ];
            NodeKind::DateTrunc {
                unit: *random.pick(&units),
                value,
                zone,
            }
        }
        2 if value_type == ValueType::Date => {
            let kind = NodeKind::LocalMidnight { value, zone };
            let at =
                Value::Timestamp(random.between(-40_000_000_000_000_000, 40_000_000_000_000_000));
            return compare(op, node(ValueType::Timestamp, kind), literal(at));
        }
        _ => {
            let to = Box::new(literal(target));
            let kind = NodeKind::DaysBetween {
                from: value,
                to,
                zone,
            };
            let days = Value::Int(random.below(1_000).into());
            return compare(op, node(ValueType::Int, kind), literal(days));
        }
    };
    compare(op, node(value_type, kind), literal(target))
}

fn arithmetic(random: &mut Random, world: &World, slot: usize) -> Node {
    let scale = |value_type| match value_type {
        ValueType::Decimal(scale) => scale,
        _ => 0,
    };
    let left = tag(world, slot);
    let right = match random.one_in(2) {
        true => tag(world, same_family(world, slot)),
        false => literal(Value::Int(random.below(5).into())),
    };
    let (a, b) = (scale(left.value_type), scale(right.value_type));
    let (op, own) = match random.below(4) {
        0 => (ArithmeticOp::Add, a.max(b)),
        1 => (ArithmeticOp::Sub, a.max(b)),
        2 => (ArithmeticOp::Mul, a + b),
        _ => (ArithmeticOp::Div, 9),
    };
    let value_type = if own == 0 {
        ValueType::Int
    } else {
        ValueType::Decimal(own)
    };
    let (left, right) = (Box::new(left), Box::new(right));
    let value = node(value_type, NodeKind::Arithmetic { op, left, right });
    compare(
        *random.pick(&COMPARE),
        value,
        literal(constant(random, world, slot)),
    )
}
