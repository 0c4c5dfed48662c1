//! Constants: an operation over literals becomes its result.

use crate::{
    segment::{
        plan::{Node, NodeKind},
        scalar::eval,
    },
    value::{Value, ValueType},
};

/// A node of that type; its result where all operands are literals and it can be computed. What
/// cannot be computed stays, and is an error only if it is evaluated.
pub(super) fn folded(value_type: ValueType, kind: NodeKind) -> Node {
    let node = Node { value_type, kind };
    if !constant_operands(&node.kind) {
        return node;
    }
    match eval(&node, &mut |_| Value::Null) {
        Ok(value) => literal(value_type, value),
        Err(_) => node,
    }
}

/// A constant; NULL keeps the type of its place.
pub(super) fn literal(value_type: ValueType, value: Value) -> Node {
    Node {
        value_type,
        kind: NodeKind::Literal(value),
    }
}

fn is_literal(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Literal(_))
}

fn constant_operands(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Tag(_) | NodeKind::Literal(_) => false,
        NodeKind::Compare { left, right, .. } | NodeKind::Arithmetic { left, right, .. } => {
            is_literal(left) && is_literal(right)
        }
        NodeKind::DaysBetween { from, to, .. } => is_literal(from) && is_literal(to),
        NodeKind::Between {
            value, low, high, ..
        } => is_literal(value) && is_literal(low) && is_literal(high),
        NodeKind::In { value, .. }
        | NodeKind::Like { value, .. }
        | NodeKind::IsNull { value, .. }
        | NodeKind::Shift { value, .. }
        | NodeKind::DateTrunc { value, .. }
        | NodeKind::LocalMidnight { value, .. }
        | NodeKind::Prefix { value, .. }
        | NodeKind::Contains { value, .. } => is_literal(value),
        NodeKind::Not(inner) | NodeKind::Lower(inner) => is_literal(inner),
        NodeKind::And(items) | NodeKind::Or(items) | NodeKind::Coalesce(items) => {
            items.iter().all(is_literal)
        }
        NodeKind::Case {
            branches,
            otherwise,
        } => {
            branches.iter().all(|(c, v)| is_literal(c) && is_literal(v))
                && otherwise.as_ref().is_none_or(|value| is_literal(value))
        }
    }
}
