//! Three-valued logic.

use super::error::EvalError;
use crate::value::Value;

/// NULL is neither.
fn truth(value: &Value) -> Result<Option<bool>, EvalError> {
    match value {
        Value::Bool(value) => Ok(Some(*value)),
        Value::Null => Ok(None),
        _ => Err(EvalError::Malformed("operand of a connective")),
    }
}

/// FALSE if one is FALSE, else NULL if one is NULL, else TRUE.
pub(super) fn all_of(values: &[Value]) -> Result<Value, EvalError> {
    decided_by(false, values)
}

/// TRUE if one is TRUE, else NULL if one is NULL, else FALSE.
pub(super) fn any_of(values: &[Value]) -> Result<Value, EvalError> {
    decided_by(true, values)
}

fn decided_by(decisive: bool, values: &[Value]) -> Result<Value, EvalError> {
    let mut result = Value::Bool(!decisive);
    for value in values {
        match truth(value)? {
            Some(value) if value == decisive => result = Value::Bool(decisive),
            None if result != Value::Bool(decisive) => result = Value::Null,
            _ => {}
        }
    }
    Ok(result)
}

pub(super) fn not(value: &Value) -> Result<Value, EvalError> {
    Ok(truth(value)?.map_or(Value::Null, |value| Value::Bool(!value)))
}

/// NOT where asked for; anything but a bool stays.
pub(super) fn negated_if(negated: bool, value: Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(value != negated),
        other => other,
    }
}
