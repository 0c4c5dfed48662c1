//! Proves of a leaf that it has no error for anybody in a shard.
//!
//! Bounds of every operand follow from the bounds of the sections' values: a sum of two ints that
//! are below a thousand cannot have 39 digits, and a date of this century stays within the years 1
//! to 9999 when a month is added. Where the proof fails, the leaf "may fail", which costs time and
//! changes no answer.

use std::sync::Arc;

use tagma_core::{
    Value, ValueType,
    number::division_scale,
    segment::{ArithmeticOp, Interval, Node, NodeKind},
};

use crate::section::TagSection;

/// Greatest number that is no overflow: 38 digits.
const NUMBER_MAX: u128 = 10_u128.pow(38) - 1;

/// Days from 1970-01-01 to 0002-01-01 and to 9998-12-31: within them no zone and no start of a
/// unit leaves the years 1 to 9999.
const SAFE_DAYS: (i64, i64) = (-718_797, 2_932_531);

const DAY_MICROS: i64 = 86_400_000_000;

/// Whether the leaf may have an error for somebody who has, or lacks, values of these sections.
pub(super) fn may_fail(leaf: &Node, sections: &[Option<Arc<TagSection>>]) -> bool {
    Prover { sections }.range(leaf).is_none()
}

/// What is known of a node's value if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// A bool, a text, or never a value.
    Safe,
    /// `|unscaled|` at most this, at the scale of the node's type.
    Number(u128),
    /// Days from and to, outwards.
    Days(i64, i64),
}

struct Prover<'a> {
    sections: &'a [Option<Arc<TagSection>>],
}

impl Prover<'_> {
    /// The range of a node's value; `None` if it, or what it is made of, may have an error.
    fn range(&self, node: &Node) -> Option<Range> {
        match &node.kind {
            NodeKind::Tag(slot) => self.tag(*slot, node.value_type),
            NodeKind::Literal(value) => Some(of_value(value)),
            NodeKind::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, node),
            NodeKind::Shift { value, by, .. } => shifted(self.range(value)?, *by),
            NodeKind::DateTrunc { value, .. } => moved(self.range(value)?, -367, 1),
            NodeKind::LocalMidnight { value, .. } => moved(self.range(value)?, -2, 2),
            NodeKind::DaysBetween { from, to, .. } => {
                moved(self.range(from)?, -2, 2)?;
                moved(self.range(to)?, -2, 2)?;
                Some(Range::Number(4_000_000))
            }
            NodeKind::Case {
                branches,
                otherwise,
            } => {
                let mut values = Vec::with_capacity(branches.len() + 1);
                for (condition, value) in branches {
                    self.range(condition)?;
                    values.push(value);
                }
                values.extend(otherwise.as_deref());
                self.widest(values.into_iter(), node)
            }
            NodeKind::Coalesce(parts) => self.widest(parts.iter(), node),
            NodeKind::Compare { left, right, .. } => self.safe([&**left, right]),
            NodeKind::Between {
                value, low, high, ..
            } => self.safe([&**value, low, high]),
            NodeKind::And(parts) | NodeKind::Or(parts) => self.safe(parts),
            NodeKind::In { value, .. }
            | NodeKind::Like { value, .. }
            | NodeKind::IsNull { value, .. }
            | NodeKind::Prefix { value, .. }
            | NodeKind::Contains { value, .. }
            | NodeKind::Not(value)
            | NodeKind::Lower(value) => self.safe([&**value]),
        }
    }

    /// A bool or text made of parts without errors.
    fn safe<'n>(&self, parts: impl IntoIterator<Item = &'n Node>) -> Option<Range> {
        for part in parts {
            self.range(part)?;
        }
        Some(Range::Safe)
    }

    fn tag(&self, slot: usize, value_type: ValueType) -> Option<Range> {
        let Some(section) = self.sections.get(slot)?.as_deref() else {
            return Some(Range::Safe);
        };
        let Some(bounds) = section.all_bounds() else {
            return Some(Range::Safe);
        };
        Some(match value_type {
            ValueType::Int | ValueType::Decimal(_) => {
                let greatest = bounds.min.unsigned_abs().max(bounds.max.unsigned_abs());
                Range::Number(u128::from(greatest))
            }
            ValueType::Date => Range::Days(bounds.min, bounds.max),
            ValueType::Timestamp => days_of_micros(bounds.min, bounds.max),
            ValueType::Bool | ValueType::Text | ValueType::Null => Range::Safe,
        })
    }

    fn arithmetic(
        &self,
        op: ArithmeticOp,
        left: &Node,
        right: &Node,
        node: &Node,
    ) -> Option<Range> {
        let (a, b) = match (self.range(left)?, self.range(right)?) {
            (Range::Number(a), Range::Number(b)) => (a, b),
            // One side never has a value, so the whole never has.
            (Range::Safe, _) | (_, Range::Safe) => return Some(Range::Safe),
            _ => return None,
        };
        let (from, to) = (scale_of(left.value_type)?, scale_of(right.value_type)?);
        let own = scale_of(node.value_type)?;
        let size = match op {
            ArithmeticOp::Add | ArithmeticOp::Sub => {
                at_scale(a, from, own)?.checked_add(at_scale(b, to, own)?)?
            }
            ArithmeticOp::Mul if from + to == own => a.checked_mul(b)?,
            ArithmeticOp::Mul => return None,
            // Nothing is smaller than one unit of the divisor. Quotients have scale 9.
            ArithmeticOp::Div if own < division_scale() => return None,
            ArithmeticOp::Div => {
                let units = a.checked_mul(10_u128.checked_pow(u32::from(to + own))?)?;
                units / 10_u128.checked_pow(u32::from(from))? + 1
            }
        };
        (size <= NUMBER_MAX).then_some(Range::Number(size))
    }

    /// The range that holds those of all `parts`, at the scale of `node`.
    fn widest<'n>(&self, parts: impl Iterator<Item = &'n Node>, node: &Node) -> Option<Range> {
        let mut widest = Range::Safe;
        for part in parts {
            let range = match self.range(part)? {
                Range::Number(size) => {
                    let scale = scale_of(part.value_type)?;
                    Range::Number(at_scale(size, scale, scale_of(node.value_type)?)?)
                }
                range => range,
            };
            widest = match (widest, range) {
                (Range::Safe, range) | (range, Range::Safe) => range,
                (Range::Number(a), Range::Number(b)) => Range::Number(a.max(b)),
                (Range::Days(a, b), Range::Days(c, d)) => Range::Days(a.min(c), b.max(d)),
                _ => return None,
            };
        }
        Some(widest)
    }
}

fn of_value(value: &Value) -> Range {
    match value {
        Value::Int(value) => Range::Number(value.unsigned_abs()),
        Value::Decimal { unscaled, .. } => Range::Number(unscaled.unsigned_abs()),
        Value::Date(days) => Range::Days(i64::from(*days), i64::from(*days)),
        Value::Timestamp(at) => days_of_micros(*at, *at),
        Value::Null | Value::Bool(_) | Value::Text(_) => Range::Safe,
    }
}

fn days_of_micros(min: i64, max: i64) -> Range {
    Range::Days(min.div_euclid(DAY_MICROS), max.div_euclid(DAY_MICROS) + 1)
}

fn scale_of(value_type: ValueType) -> Option<u8> {
    match value_type {
        ValueType::Int => Some(0),
        ValueType::Decimal(scale) => Some(scale),
        _ => None,
    }
}

/// `size × 10^-from` in units of `10^-to`, if that is no less exact.
fn at_scale(size: u128, from: u8, to: u8) -> Option<u128> {
    let power = 10_u128.checked_pow(u32::from(to.checked_sub(from)?))?;
    size.checked_mul(power).filter(|size| *size <= NUMBER_MAX)
}

/// The days moved by at most so many, if everything stays safe.
fn moved(range: Range, back: i64, on: i64) -> Option<Range> {
    let Range::Days(from, to) = range else {
        return (range == Range::Safe).then_some(range);
    };
    let safe = |day: i64| (SAFE_DAYS.0..=SAFE_DAYS.1).contains(&day);
    let (start, end) = (from.checked_add(back)?, to.checked_add(on)?);
    (safe(from) && safe(to) && safe(start) && safe(end)).then_some(Range::Days(start, end))
}

fn shifted(range: Range, by: Interval) -> Option<Range> {
    let days = i64::from(by.days) + by.micros.div_euclid(DAY_MICROS);
    // A month is 28 to 31 days; two or three more for the zone and the parts of a day.
    let months = i64::from(by.months) * 31;
    moved(
        range,
        days.min(0) + months.min(0) - 2,
        days.max(0) + months.max(0) + 3,
    )
}

#[cfg(test)]
mod tests {
    use tagma_core::segment::CompareOp;

    use super::*;

    fn literal(value: Value) -> Box<Node> {
        Box::new(Node {
            value_type: value.value_type(),
            kind: NodeKind::Literal(value),
        })
    }

    fn arithmetic(op: ArithmeticOp, left: i128, right: i128) -> Node {
        let node = Node {
            value_type: ValueType::Int,
            kind: NodeKind::Arithmetic {
                op,
                left: literal(Value::Int(left)),
                right: literal(Value::Int(right)),
            },
        };
        Node {
            value_type: ValueType::Bool,
            kind: NodeKind::Compare {
                op: CompareOp::Eq,
                left: Box::new(node),
                right: literal(Value::Int(0)),
            },
        }
    }

    #[test]
    fn products_of_38_digits_are_safe_and_of_39_are_not() {
        let nines = 10_i128.pow(19) - 1;
        assert!(!may_fail(&arithmetic(ArithmeticOp::Mul, nines, nines), &[]));
        assert!(may_fail(
            &arithmetic(ArithmeticOp::Mul, nines, nines * 100),
            &[]
        ));
        let greatest = 10_i128.pow(38) - 1;
        assert!(may_fail(&arithmetic(ArithmeticOp::Add, greatest, 1), &[]));
        assert!(!may_fail(&arithmetic(ArithmeticOp::Sub, greatest, 0), &[]));
    }

    #[test]
    fn dates_near_the_end_of_time_may_fail() {
        let shift = |day: i32, months: i32| Node {
            value_type: ValueType::Date,
            kind: NodeKind::Shift {
                value: literal(Value::Date(day)),
                by: Interval {
                    months,
                    days: 0,
                    micros: 0,
                },
                zone: "UTC".to_owned(),
            },
        };
        assert!(!may_fail(&shift(20_000, 12), &[]));
        assert!(!may_fail(&shift(20_000, -12), &[]));
        assert!(may_fail(&shift(20_000, 12 * 9_000), &[]));
        assert!(may_fail(&shift(2_932_890, 1), &[]));
    }
}
