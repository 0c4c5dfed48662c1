//! Membership of one person.

use super::{
    error::EvalError,
    eval::{ValueOf, eval},
};
use crate::{
    segment::plan::{Node, Predicate},
    value::Value,
};

/// Whether the node is TRUE for the person.
///
/// # Errors
/// As [`eval`].
pub fn matches(node: &Node, value_of: ValueOf<'_>) -> Result<bool, EvalError> {
    match eval(node, value_of)? {
        Value::Bool(value) => Ok(value),
        Value::Null => Ok(false),
        _ => Err(EvalError::Malformed("condition")),
    }
}

/// Whether the person is in the set. Every part is evaluated.
///
/// # Errors
/// As [`eval`].
pub fn contains_person(set: &Predicate, value_of: ValueOf<'_>) -> Result<bool, EvalError> {
    match set {
        Predicate::All => Ok(true),
        Predicate::Nothing => Ok(false),
        Predicate::Leaf(node) => matches(node, value_of),
        Predicate::Not(inner) => Ok(!contains_person(inner, value_of)?),
        Predicate::And(items) => {
            let mut inside = true;
            for item in items {
                inside &= contains_person(item, value_of)?;
            }
            Ok(inside)
        }
        Predicate::Or(items) => {
            let mut inside = false;
            for item in items {
                inside |= contains_person(item, value_of)?;
            }
            Ok(inside)
        }
    }
}
