//! Columns of numbers as exact decimals.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::common::{DataFusionError, Result};
use tagma_core::number::{Decimal, FLOAT_SCALE, NumberError, from_f64};

/// Digits of an Int64.
const INT_DIGITS: u8 = 19;
/// Digits of a UInt64.
const UNSIGNED_DIGITS: u8 = 20;
/// Digits of everything exact.
pub(super) const DIGITS: u8 = 38;

/// The type that an argument of exact arithmetic is cast to: Int64, Decimal128 or Float64.
pub(super) fn coerced(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::UInt64 => Some(DataType::Decimal128(UNSIGNED_DIGITS, 0)),
        DataType::Null => Some(DataType::Int64),
        DataType::Decimal128(_, scale) if *scale >= 0 => Some(data_type.clone()),
        t if t.is_integer() => Some(DataType::Int64),
        t if t.is_floating() => Some(DataType::Float64),
        _ => None,
    }
}

/// Digits and scale of a column of a coerced type, as decimals.
pub(super) fn digits_and_scale(data_type: &DataType) -> Result<(u8, u8)> {
    match data_type {
        DataType::Decimal128(precision, scale) => Ok((*precision, scale.unsigned_abs())),
        DataType::Int64 => Ok((INT_DIGITS, 0)),
        DataType::Float64 => Ok((DIGITS, FLOAT_SCALE)),
        other => Err(DataFusionError::Plan(format!("{other} is not a number"))),
    }
}

/// A column of a coerced type as unscaled numbers at the scale of [`digits_and_scale`]; floats
/// are rounded half away from zero.
///
/// # Errors
/// Where a float is not finite or has more than 38 digits, naming `expression`.
pub(super) fn unscaled(array: &ArrayRef, expression: &str) -> Result<Decimal128Array> {
    match array.data_type() {
        DataType::Decimal128(..) => Ok(array.as_primitive::<Decimal128Type>().clone()),
        DataType::Int64 => Ok(array.as_primitive::<Int64Type>().unary(i128::from)),
        DataType::Float64 => array.as_primitive::<Float64Type>().try_unary(|value| {
            let decimal = from_f64(value).map_err(|e| number_error(e, expression))?;
            Ok(decimal.unscaled())
        }),
        other => Err(DataFusionError::Internal(format!(
            "{other} is not a number"
        ))),
    }
}

/// `values` as Decimal128(`precision`, `scale`).
pub(super) fn decimals(values: Decimal128Array, precision: u8, scale: u8) -> Result<ArrayRef> {
    let typed = values.with_precision_and_scale(precision, scale.cast_signed())?;
    Ok(Arc::new(typed))
}

/// One number, within 38 digits.
pub(super) fn decimal(unscaled: i128, scale: u8, expression: &str) -> Result<Decimal> {
    Decimal::new(unscaled, scale).map_err(|e| number_error(e, expression))
}

/// The error that names the expression.
pub(super) fn number_error(error: NumberError, expression: &str) -> DataFusionError {
    DataFusionError::Execution(format!("`{expression}`: {error}"))
}
