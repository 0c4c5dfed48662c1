//! Values: one operation after the other.

use super::{
    compare::{between, compare, within},
    error::EvalError,
    logic::{all_of, any_of, negated_if, not},
    number::{arithmetic, as_type},
    text::{contains, like, lower, prefix},
    time::{date_trunc, days_between, midnight, shift},
};
use crate::{
    segment::plan::{Node, NodeKind},
    value::Value,
};

/// Where values of tags come from: the person's value in `Plan::tags[slot]`, `Null` for none.
pub type ValueOf<'a> = &'a mut dyn FnMut(usize) -> Value;

/// The value of a node for one person. Decimals have the scale of the node's type.
///
/// # Errors
/// [`EvalError`] for results that do not fit, or for a plan that the binder did not make.
pub fn eval(node: &Node, value_of: ValueOf<'_>) -> Result<Value, EvalError> {
    match &node.kind {
        NodeKind::Tag(slot) => Ok(value_of(*slot)),
        NodeKind::Literal(value) => Ok(value.clone()),
        NodeKind::Compare { op, left, right } => {
            compare(*op, &eval(left, value_of)?, &eval(right, value_of)?)
        }
        NodeKind::In {
            value,
            list,
            negated,
        } => Ok(negated_if(*negated, within(&eval(value, value_of)?, list)?)),
        NodeKind::Between {
            value,
            low,
            high,
            negated,
        } => {
            let (value, low) = (eval(value, value_of)?, eval(low, value_of)?);
            let inside = between(&value, &low, &eval(high, value_of)?)?;
            Ok(negated_if(*negated, inside))
        }
        NodeKind::IsNull { value, negated } => {
            Ok(Value::Bool(eval(value, value_of)?.is_null() != *negated))
        }
        NodeKind::And(items) => all_of(&eval_all(items, value_of)?),
        NodeKind::Or(items) => any_of(&eval_all(items, value_of)?),
        NodeKind::Not(inner) => not(&eval(inner, value_of)?),
        NodeKind::Arithmetic { op, left, right } => {
            let (left, right) = (eval(left, value_of)?, eval(right, value_of)?);
            arithmetic(*op, &left, &right, node.value_type)
        }
        NodeKind::Case {
            branches,
            otherwise,
        } => {
            for (condition, value) in branches {
                if eval(condition, value_of)? == Value::Bool(true) {
                    return as_type(eval(value, value_of)?, node.value_type);
                }
            }
            match otherwise {
                Some(value) => as_type(eval(value, value_of)?, node.value_type),
                None => Ok(Value::Null),
            }
        }
        NodeKind::Coalesce(items) => {
            for item in items {
                let value = eval(item, value_of)?;
                if !value.is_null() {
                    return as_type(value, node.value_type);
                }
            }
            Ok(Value::Null)
        }
        _ => eval_function(node, value_of),
    }
}

fn eval_function(node: &Node, value_of: ValueOf<'_>) -> Result<Value, EvalError> {
    match &node.kind {
        NodeKind::Like {
            value,
            pattern,
            negated,
        } => Ok(negated_if(
            *negated,
            like(&eval(value, value_of)?, pattern)?,
        )),
        NodeKind::Lower(inner) => lower(eval(inner, value_of)?),
        NodeKind::Prefix { value, start } => prefix(&eval(value, value_of)?, start),
        NodeKind::Contains { value, part } => contains(&eval(value, value_of)?, part),
        NodeKind::Shift { value, by, zone } => shift(&eval(value, value_of)?, *by, zone),
        NodeKind::DateTrunc { unit, value, zone } => {
            date_trunc(*unit, &eval(value, value_of)?, zone)
        }
        NodeKind::DaysBetween { from, to, zone } => {
            let from = eval(from, value_of)?;
            days_between(&from, &eval(to, value_of)?, zone)
        }
        NodeKind::LocalMidnight { value, zone } => midnight(&eval(value, value_of)?, zone),
        _ => Err(EvalError::Malformed("operation")),
    }
}

fn eval_all(items: &[Node], value_of: ValueOf<'_>) -> Result<Vec<Value>, EvalError> {
    items.iter().map(|item| eval(item, value_of)).collect()
}
