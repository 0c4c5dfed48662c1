//! Families of types: what may meet what.

use crate::{
    schema::TagKind,
    segment::plan::{Node, NodeKind, TagSlot},
    value::ValueType,
};

/// Types that compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Bool,
    Number,
    Text,
    Time,
    /// A bare NULL meets everything.
    Null,
}

pub(super) fn family(value_type: ValueType) -> Family {
    match value_type {
        ValueType::Bool => Family::Bool,
        ValueType::Int | ValueType::Decimal(_) => Family::Number,
        ValueType::Text => Family::Text,
        ValueType::Date | ValueType::Timestamp => Family::Time,
        ValueType::Null => Family::Null,
    }
}

/// The type that holds both: of numbers the greater scale, of times the timestamp.
/// `None` where they are of two families.
pub(super) fn common(left: ValueType, right: ValueType) -> Option<ValueType> {
    use ValueType::{Date, Decimal, Int, Null, Timestamp};
    Some(match (left, right) {
        (Null, other) | (other, Null) => other,
        (Decimal(a), Decimal(b)) => Decimal(a.max(b)),
        (Decimal(scale), Int) | (Int, Decimal(scale)) => Decimal(scale),
        (Date, Timestamp) | (Timestamp, Date) => Timestamp,
        (a, b) if a == b => a,
        _ => return None,
    })
}

/// Whether the node can answer a category's value as it is: those have no order.
pub(super) fn is_category(node: &Node, slots: &[TagSlot]) -> bool {
    match &node.kind {
        NodeKind::Tag(slot) => slots
            .get(*slot)
            .is_some_and(|tag| tag.kind == TagKind::Category),
        NodeKind::Case {
            branches,
            otherwise,
        } => {
            let mut values = branches.iter().map(|(_, value)| value);
            values.any(|value| is_category(value, slots))
                || otherwise
                    .as_ref()
                    .is_some_and(|value| is_category(value, slots))
        }
        NodeKind::Coalesce(items) => items.iter().any(|item| is_category(item, slots)),
        _ => false,
    }
}
