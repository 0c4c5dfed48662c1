//! Exact arithmetic over values.

use super::error::EvalError;
use crate::{
    number::{Decimal, NumberError},
    segment::tree::ArithmeticOp,
    value::{Value, ValueType},
};

/// The number that a value is; `None` for other types and for more than 38 digits.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(unscaled) => Decimal::new(*unscaled, 0).ok(),
        Value::Decimal { unscaled, scale } => Decimal::new(*unscaled, *scale).ok(),
        _ => None,
    }
}

pub(super) fn arithmetic(
    op: ArithmeticOp,
    left: &Value,
    right: &Value,
    value_type: ValueType,
) -> Result<Value, EvalError> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    let (Some(a), Some(b)) = (decimal(left), decimal(right)) else {
        return Err(EvalError::Malformed("operand of arithmetic"));
    };
    let (sign, result) = match op {
        ArithmeticOp::Add => ("+", a.add(b).map(Some)),
        ArithmeticOp::Sub => ("-", a.sub(b).map(Some)),
        ArithmeticOp::Mul => ("*", a.mul(b).map(Some)),
        ArithmeticOp::Div => ("/", a.div(b)),
    };
    let result = result.and_then(|number| match number {
        Some(number) => typed(number, value_type),
        None => Ok(Value::Null),
    });
    result.map_err(|source| EvalError::Number {
        operation: format!("{a} {sign} {b}"),
        source,
    })
}

/// A number at the scale of its type.
fn typed(number: Decimal, value_type: ValueType) -> Result<Value, NumberError> {
    match value_type {
        ValueType::Decimal(scale) => {
            let number = number.rescale(scale)?;
            Ok(Value::Decimal {
                unscaled: number.unscaled(),
                scale,
            })
        }
        _ => Ok(Value::Int(number.rescale(0)?.unscaled())),
    }
}

/// A chosen value (of CASE, COALESCE) at the scale of the whole.
pub(super) fn as_type(value: Value, value_type: ValueType) -> Result<Value, EvalError> {
    let ValueType::Decimal(scale) = value_type else {
        return Ok(value);
    };
    let Some(number) = decimal(&value) else {
        return Ok(value);
    };
    typed(number, value_type).map_err(|source| EvalError::Number {
        operation: format!("{number} with {scale} digits after the point"),
        source,
    })
}
