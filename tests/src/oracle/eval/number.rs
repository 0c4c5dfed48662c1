//! Exact numbers: integers and decimals of at most 38 digits.
//!
//! `+ − ×` are exact or an error; `/` has nine digits after the point, truncated, NULL for a
//! divisor 0; comparisons are exact whatever the scales.

use std::cmp::Ordering;

use tagma_core::{
    OneId, Value,
    segment::{ArithmeticOp, Scalar},
};

use super::{Evaluator, scalar::Column, types::Type, wide::Wide};
use crate::oracle::OracleError;

/// Digits after the point of a quotient.
const QUOTIENT_SCALE: u8 = 9;

/// Digits that a number may have, also after the point.
const DIGITS_MAX: u8 = 38;

impl Evaluator<'_> {
    pub(super) fn arithmetic(
        &self,
        op: ArithmeticOp,
        left: &Scalar,
        right: &Scalar,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        for side in [left, right] {
            self.type_of(side)?.meet(Type::Number)?;
        }
        result_scale(op, self.scale_of(left)?, self.scale_of(right)?)?;
        let left = self.column(left, Type::Number, people)?;
        let right = self.column(right, Type::Number, people)?;
        let pairs = left.iter().zip(&right);
        pairs.map(|(a, b)| calculate(op, a, b)).collect()
    }
}

/// Digits and scale of a number.
fn parts(value: &Value) -> Option<(i128, u8)> {
    match value {
        Value::Int(number) => Some((*number, 0)),
        Value::Decimal { unscaled, scale } => Some((*unscaled, *scale)),
        _ => None,
    }
}

/// Order of two numbers. Anything else is equal to nothing: the types forbid it.
pub(super) fn compare(left: &Value, right: &Value) -> Ordering {
    let (Some((a, a_scale)), Some((b, b_scale))) = (parts(left), parts(right)) else {
        return Ordering::Less;
    };
    let scale = a_scale.max(b_scale);
    match (rescale(a, a_scale, scale), rescale(b, b_scale, scale)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => widen(a, a_scale, scale).compare(&widen(b, b_scale, scale)),
    }
}

fn rescale(unscaled: i128, from: u8, to: u8) -> Option<i128> {
    let factor = 10i128.checked_pow(u32::from(to - from))?;
    unscaled.checked_mul(factor)
}

fn widen(unscaled: i128, from: u8, to: u8) -> Wide {
    Wide::new(unscaled).times_ten_to(u32::from(to - from))
}

/// Scale of `left op right`.
pub(super) fn result_scale(op: ArithmeticOp, left: u8, right: u8) -> Result<u8, OracleError> {
    let scale = match op {
        ArithmeticOp::Add | ArithmeticOp::Sub => left.max(right),
        ArithmeticOp::Mul => left + right,
        ArithmeticOp::Div => QUOTIENT_SCALE,
    };
    if scale > DIGITS_MAX {
        return Err(OracleError::Overflow);
    }
    Ok(scale)
}

/// A number with at least so many digits after the point; anything else as it is.
pub(super) fn at_scale(value: Value, scale: u8) -> Result<Value, OracleError> {
    let Some((unscaled, from)) = parts(&value).filter(|(_, from)| *from < scale) else {
        return Ok(value);
    };
    let unscaled = widen(unscaled, from, scale)
        .narrow()
        .ok_or(OracleError::Overflow)?;
    Ok(Value::Decimal { unscaled, scale })
}

fn calculate(op: ArithmeticOp, left: &Value, right: &Value) -> Result<Value, OracleError> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    let mismatch = || OracleError::Mismatch("arithmetic over other than numbers".to_owned());
    let (a, a_scale) = parts(left).ok_or_else(mismatch)?;
    let (b, b_scale) = parts(right).ok_or_else(mismatch)?;
    let scale = result_scale(op, a_scale, b_scale)?;
    let exact = match op {
        ArithmeticOp::Add | ArithmeticOp::Sub => {
            let b = widen(b, b_scale, scale);
            let b = if op == ArithmeticOp::Sub {
                b.negated()
            } else {
                b
            };
            Some(widen(a, a_scale, scale).plus(&b))
        }
        ArithmeticOp::Mul => Some(Wide::new(a).times(&Wide::new(b))),
        ArithmeticOp::Div => {
            let dividend = widen(a, 0, QUOTIENT_SCALE + b_scale);
            dividend.divided_by(&widen(b, 0, a_scale))
        }
    };
    let Some(exact) = exact else {
        return Ok(Value::Null);
    };
    let unscaled = exact.narrow().ok_or(OracleError::Overflow)?;
    let whole = matches!((left, right), (Value::Int(_), Value::Int(_)));
    Ok(match op {
        ArithmeticOp::Add | ArithmeticOp::Sub | ArithmeticOp::Mul if whole => Value::Int(unscaled),
        _ => Value::Decimal { unscaled, scale },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(unscaled: i128, scale: u8) -> Value {
        Value::Decimal { unscaled, scale }
    }

    #[test]
    fn arithmetic_is_exact_to_38_digits_and_an_error_beyond() {
        let greatest = Value::Int(10i128.pow(38) - 1);
        let one = Value::Int(1);
        let add = |a: &Value, b: &Value| calculate(ArithmeticOp::Add, a, b);
        assert_eq!(add(&greatest, &one), Err(OracleError::Overflow));
        assert_eq!(add(&decimal(15, 1), &decimal(25, 2)), Ok(decimal(175, 2)));
        let multiply = |a: &Value, b: &Value| calculate(ArithmeticOp::Mul, a, b);
        assert_eq!(
            multiply(&decimal(-15, 1), &decimal(25, 2)),
            Ok(decimal(-375, 3))
        );
        assert_eq!(
            multiply(&greatest, &Value::Int(10)),
            Err(OracleError::Overflow)
        );
        assert_eq!(
            multiply(&decimal(1, 20), &decimal(1, 20)),
            Err(OracleError::Overflow)
        );
    }

    #[test]
    fn quotients_truncate_towards_zero_and_zero_divides_to_null() {
        let divide = |a: Value, b: Value| calculate(ArithmeticOp::Div, &a, &b);
        assert_eq!(
            divide(Value::Int(2), Value::Int(3)),
            Ok(decimal(666_666_666, 9))
        );
        assert_eq!(
            divide(Value::Int(-2), Value::Int(3)),
            Ok(decimal(-666_666_666, 9))
        );
        assert_eq!(
            divide(decimal(10, 2), decimal(3, 1)),
            Ok(decimal(333_333_333, 9))
        );
        assert_eq!(divide(Value::Int(2), decimal(0, 3)), Ok(Value::Null));
        let great = Value::Int(10i128.pow(30));
        assert_eq!(divide(great, decimal(1, 6)), Err(OracleError::Overflow));
    }

    #[test]
    fn comparisons_are_exact_at_any_scales() {
        let greatest = 10i128.pow(38) - 1;
        let great = Value::Int(greatest);
        assert_eq!(compare(&great, &decimal(greatest, 38)), Ordering::Greater);
        assert_eq!(compare(&decimal(10, 1), &Value::Int(1)), Ordering::Equal);
        assert_eq!(
            compare(&decimal(-greatest, 38), &Value::Int(-1)),
            Ordering::Greater
        );
    }
}
