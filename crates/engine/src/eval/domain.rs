//! Conditions on one number, date or timestamp, as sets of its raw values.
//!
//! A condition divides the values (and "no value") into those for which it is TRUE, FALSE, and
//! neither (NULL). Comparisons with constants, IN, BETWEEN, IS NULL and three-valued AND, OR, NOT
//! over them are such divisions exactly, whatever the scale of the constant.

use tagma_core::{
    Value,
    schema::TagKind,
    segment::{CompareOp, Node, NodeKind},
};

use super::interval::IntervalSet;

/// A set of values of one tag, of which "no value" is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValueSet {
    /// Raw values in it.
    pub(super) raws: IntervalSet,
    /// Whether people without a value are in it.
    pub(super) null: bool,
}

impl ValueSet {
    pub(super) fn empty() -> Self {
        Self {
            raws: IntervalSet::empty(),
            null: false,
        }
    }

    pub(super) fn complement(&self) -> Self {
        Self {
            raws: self.raws.complement(),
            null: !self.null,
        }
    }

    fn union(&self, other: &Self) -> Self {
        Self {
            raws: self.raws.union(&other.raws),
            null: self.null || other.null,
        }
    }

    fn intersection(&self, other: &Self) -> Self {
        Self {
            raws: self.raws.intersection(&other.raws),
            null: self.null && other.null,
        }
    }
}

/// Where a condition is TRUE and where it is FALSE; it is NULL elsewhere.
struct Division {
    yes: ValueSet,
    no: ValueSet,
}

impl Division {
    /// TRUE on `yes`, FALSE for the other values, NULL without one.
    fn of_values(yes: IntervalSet) -> Self {
        let no = yes.complement();
        let values = |raws| ValueSet { raws, null: false };
        Self {
            yes: values(yes),
            no: values(no),
        }
    }

    fn null() -> Self {
        Self {
            yes: ValueSet::empty(),
            no: ValueSet::empty(),
        }
    }

    fn negated(self, negated: bool) -> Self {
        match negated {
            true => Self {
                yes: self.no,
                no: self.yes,
            },
            false => self,
        }
    }

    fn and(self, other: &Self) -> Self {
        Self {
            yes: self.yes.intersection(&other.yes),
            no: self.no.union(&other.no),
        }
    }

    fn or(self, other: &Self) -> Self {
        Self {
            yes: self.yes.union(&other.yes),
            no: self.no.intersection(&other.no),
        }
    }
}

/// The values of the one tag that `node` reads for which it is TRUE; `None` where it is not of the
/// forms above. The node reads no other tag, and the tag is no bool and no category.
pub(super) fn values_where(node: &Node, kind: TagKind) -> Option<ValueSet> {
    divide(node, kind).map(|division| division.yes)
}

fn divide(node: &Node, kind: TagKind) -> Option<Division> {
    match &node.kind {
        NodeKind::Compare { op, left, right } => match (&left.kind, &right.kind) {
            (NodeKind::Tag(_), NodeKind::Literal(value)) => compare(*op, value, kind),
            (NodeKind::Literal(value), NodeKind::Tag(_)) => compare(mirrored(*op), value, kind),
            _ => None,
        },
        NodeKind::Between {
            value,
            low,
            high,
            negated,
        } => {
            let (NodeKind::Tag(_), NodeKind::Literal(low), NodeKind::Literal(high)) =
                (&value.kind, &low.kind, &high.kind)
            else {
                return None;
            };
            let above = compare(CompareOp::GtEq, low, kind)?;
            let below = compare(CompareOp::LtEq, high, kind)?;
            Some(above.and(&below).negated(*negated))
        }
        NodeKind::In {
            value,
            list,
            negated,
        } if matches!(value.kind, NodeKind::Tag(_)) => {
            one_of(list, kind).map(|division| division.negated(*negated))
        }
        NodeKind::IsNull { value, negated } if matches!(value.kind, NodeKind::Tag(_)) => {
            let nobody = ValueSet {
                raws: IntervalSet::empty(),
                null: true,
            };
            let (yes, no) = (nobody.clone(), nobody.complement());
            Some(Division { yes, no }.negated(*negated))
        }
        NodeKind::Not(inner) => Some(divide(inner, kind)?.negated(true)),
        NodeKind::And(parts) => fold(parts, kind, Division::and),
        NodeKind::Or(parts) => fold(parts, kind, Division::or),
        _ => None,
    }
}

fn fold(
    parts: &[Node],
    kind: TagKind,
    join: fn(Division, &Division) -> Division,
) -> Option<Division> {
    let (first, rest) = parts.split_first()?;
    rest.iter().try_fold(divide(first, kind)?, |left, part| {
        Some(join(left, &divide(part, kind)?))
    })
}

/// `tag op value`.
fn compare(op: CompareOp, value: &Value, kind: TagKind) -> Option<Division> {
    if value.is_null() {
        return Some(Division::null());
    }
    let bound = Bound::of(value, kind)?;
    let (min, max) = (i128::MIN, i128::MAX);
    let range = IntervalSet::range;
    let equal = || range(bound.ceiling, bound.floor);
    Some(Division::of_values(match op {
        CompareOp::Eq => equal(),
        CompareOp::NotEq => equal().complement(),
        CompareOp::Lt => range(min, bound.ceiling - 1),
        CompareOp::LtEq => range(min, bound.floor),
        CompareOp::Gt => range(bound.floor + 1, max),
        CompareOp::GtEq => range(bound.ceiling, max),
    }))
}

/// `tag IN (list)`; a NULL in the list makes what is not found NULL.
fn one_of(list: &[Value], kind: TagKind) -> Option<Division> {
    let mut raws = Vec::with_capacity(list.len());
    let mut has_null = false;
    for value in list {
        if value.is_null() {
            has_null = true;
            continue;
        }
        let bound = Bound::of(value, kind)?;
        if bound.floor == bound.ceiling {
            raws.extend(i64::try_from(bound.floor).ok());
        }
    }
    let mut division = Division::of_values(IntervalSet::from_values(raws));
    if has_null {
        division.no = ValueSet::empty();
    }
    Some(division)
}

fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq | CompareOp::NotEq => op,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtEq => CompareOp::GtEq,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtEq => CompareOp::LtEq,
    }
}

/// A constant in units of a tag's last digit, rounded both ways; far outside Int64 it is cut to
/// ±2¹⁰⁰, which compares the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    floor: i128,
    ceiling: i128,
}

impl Bound {
    fn of(value: &Value, kind: TagKind) -> Option<Self> {
        let scale = match kind {
            TagKind::Decimal { scale, .. } => scale,
            _ => 0,
        };
        match (kind, value) {
            (TagKind::Int | TagKind::Decimal { .. }, Value::Int(value)) => {
                Some(Self::number(*value, 0, scale))
            }
            (
                TagKind::Int | TagKind::Decimal { .. },
                Value::Decimal {
                    unscaled,
                    scale: own,
                },
            ) => Some(Self::number(*unscaled, *own, scale)),
            (TagKind::Date, Value::Date(days)) => Some(Self::exactly(i128::from(*days))),
            (TagKind::Timestamp, Value::Timestamp(at)) => Some(Self::exactly(i128::from(*at))),
            _ => None,
        }
    }

    fn exactly(value: i128) -> Self {
        let value = value.clamp(-(1 << 100), 1 << 100);
        Self {
            floor: value,
            ceiling: value,
        }
    }

    /// `value × 10^-from` in units of `10^-to`.
    fn number(value: i128, from: u8, to: u8) -> Self {
        let power = 10_i128.checked_pow(u32::from(from.abs_diff(to)));
        if from <= to {
            let shifted = power.and_then(|power| value.checked_mul(power));
            return Self::exactly(shifted.unwrap_or(value.signum() << 100));
        }
        // Beyond 38 digits after the point nothing but the sign is left.
        let (floor, rest) = match power {
            Some(power) => (value.div_euclid(power), value.rem_euclid(power)),
            None => (value.signum().min(0), value),
        };
        let floor = floor.clamp(-(1 << 100), 1 << 100);
        Self {
            floor,
            ceiling: floor + i128::from(rest != 0),
        }
    }
}

#[cfg(test)]
mod tests;
