//! Operations on text.

use super::error::EvalError;
use crate::{segment::like::LikePattern, value::Value};

fn on_text(value: &Value, test: impl FnOnce(&str) -> bool) -> Result<Value, EvalError> {
    match value {
        Value::Text(text) => Ok(Value::Bool(test(text))),
        Value::Null => Ok(Value::Null),
        _ => Err(EvalError::Malformed("operand of a text operation")),
    }
}

pub(super) fn like(value: &Value, pattern: &str) -> Result<Value, EvalError> {
    on_text(value, |text| LikePattern::new(pattern).matches(text))
}

pub(super) fn prefix(value: &Value, start: &str) -> Result<Value, EvalError> {
    on_text(value, |text| text.starts_with(start))
}

pub(super) fn contains(value: &Value, part: &str) -> Result<Value, EvalError> {
    on_text(value, |text| text.contains(part))
}

pub(super) fn lower(value: Value) -> Result<Value, EvalError> {
    match value {
        Value::Text(text) => Ok(Value::Text(text.to_lowercase())),
        Value::Null => Ok(Value::Null),
        _ => Err(EvalError::Malformed("operand of lower")),
    }
}
