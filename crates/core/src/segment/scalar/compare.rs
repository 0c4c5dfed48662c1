//! Comparison, IN, BETWEEN.

use std::cmp::Ordering;

use super::{error::EvalError, logic::all_of, number::decimal};
use crate::{segment::tree::CompareOp, value::Value};

/// Order of two values of one family; `None` where one is NULL.
///
/// Numbers compare exactly across scales, text as UTF-8 bytes, FALSE before TRUE.
///
/// # Errors
/// [`EvalError::Malformed`] for two families.
pub fn compare_values(left: &Value, right: &Value) -> Result<Option<Ordering>, EvalError> {
    let order = match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Ok(None),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        _ => match (decimal(left), decimal(right)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return Err(EvalError::Malformed("pair of types in a comparison")),
        },
    };
    Ok(Some(order))
}

pub(super) fn compare(op: CompareOp, left: &Value, right: &Value) -> Result<Value, EvalError> {
    let order = compare_values(left, right)?;
    Ok(order.map_or(Value::Null, |order| Value::Bool(holds(op, order))))
}

fn holds(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::NotEq => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::LtEq => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::GtEq => order.is_ge(),
    }
}

/// SQL's IN over a sorted list. NULL is in no list, not even in an empty one, and not outside of
/// it either.
pub(super) fn within(value: &Value, list: &[Value]) -> Result<Value, EvalError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let found = list.binary_search(value).is_ok() || equal_number(value, list)?;
    Ok(match (found, list.first()) {
        (true, _) => Value::Bool(true),
        (false, Some(Value::Null)) => Value::Null,
        (false, _) => Value::Bool(false),
    })
}

/// Whether the list has the number at another scale; other types are equal only to themselves.
fn equal_number(value: &Value, list: &[Value]) -> Result<bool, EvalError> {
    let (first, last) = (list.first(), list.last());
    let alike = |item: Option<&Value>| {
        item.is_none_or(|item| {
            item.is_null() || std::mem::discriminant(item) == std::mem::discriminant(value)
        })
    };
    if alike(first) && alike(last) && !matches!(value, Value::Decimal { .. }) {
        return Ok(false);
    }
    for item in list {
        if compare_values(value, item)? == Some(Ordering::Equal) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn between(value: &Value, low: &Value, high: &Value) -> Result<Value, EvalError> {
    let above = compare(CompareOp::GtEq, value, low)?;
    let below = compare(CompareOp::LtEq, value, high)?;
    all_of(&[above, below])
}
