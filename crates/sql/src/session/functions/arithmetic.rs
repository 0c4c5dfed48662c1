//! `+ - * / %` over integers and decimals: exact up to 38 digits, then an error.
//!
//! `/` has nine digits after the point, truncated, and a zero divisor gives NULL.

use std::fmt;

use arrow::array::{Array, Decimal128Array};
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::RawBinaryExpr;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::sync::Arc;
use tagma_core::number::{Decimal, NumberError, division_scale, product_scale};

use super::numbers::{
    DIGITS, coerced, decimal, decimals, digits_and_scale, number_error, unscaled,
};

/// Characters of an expression that an error names.
const SHOWN_CHARS: usize = 200;

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::session) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        })
    }
}

/// `expr` as exact arithmetic.
pub(in crate::session) fn arithmetic(op: Op, expr: RawBinaryExpr) -> Result<Expr> {
    let text = format!("{} {op} {}", expr.left, expr.right);
    let function = Arithmetic {
        op,
        text: text.chars().take(SHOWN_CHARS).collect(),
        signature: Signature::user_defined(Volatility::Immutable),
    };
    Ok(Expr::ScalarFunction(ScalarFunction::new_udf(
        Arc::new(ScalarUDF::new_from_impl(function)),
        vec![expr.left, expr.right],
    )))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Arithmetic {
    op: Op,
    /// As an error names it.
    text: String,
    signature: Signature,
}

impl Arithmetic {
    /// Digits and scale of the result.
    fn result(&self, left: (u8, u8), right: (u8, u8)) -> Result<(u8, u8)> {
        let scale = left.1.max(right.1);
        let whole = (left.0 - left.1).max(right.0 - right.1);
        Ok(match self.op {
            Op::Add | Op::Subtract => ((whole + scale + 1).min(DIGITS), scale),
            Op::Modulo => ((whole + scale).min(DIGITS), scale),
            Op::Divide => (DIGITS, division_scale()),
            Op::Multiply => {
                let scale = product_scale(left.1, right.1).ok_or_else(|| {
                    DataFusionError::Plan(format!(
                        "`{}` has more than 38 digits after the point: CAST an operand",
                        self.text
                    ))
                })?;
                ((left.0 + right.0).min(DIGITS), scale)
            }
        })
    }

    fn apply(&self, left: Decimal, right: Decimal) -> Result<Option<Decimal>, NumberError> {
        match self.op {
            Op::Add => left.add(right).map(Some),
            Op::Subtract => left.sub(right).map(Some),
            Op::Multiply => left.mul(right).map(Some),
            Op::Divide => left.div(right),
            Op::Modulo => remainder(left, right),
        }
    }
}

/// The remainder with the dividend's sign; `None` for a divisor 0.
fn remainder(left: Decimal, right: Decimal) -> Result<Option<Decimal>, NumberError> {
    if right.is_zero() {
        return Ok(None);
    }
    let scale = left.scale().max(right.scale());
    let (left, right) = (left.rescale(scale)?, right.rescale(scale)?);
    Decimal::new(left.unscaled() % right.unscaled(), scale).map(Some)
}

impl ScalarUDFImpl for Arithmetic {
    fn name(&self) -> &str {
        match self.op {
            Op::Add => "plus",
            Op::Subtract => "minus",
            Op::Multiply => "times",
            Op::Divide => "divided_by",
            Op::Modulo => "modulo",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let types = arg_types.iter().map(|t| {
            coerced(t).ok_or_else(|| {
                DataFusionError::Plan(format!("`{}`: {t} is not a number", self.text))
            })
        });
        types.collect()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [left, right] = arg_types else {
            return Err(DataFusionError::Internal(
                "an operator takes two operands".into(),
            ));
        };
        let (digits, scale) = self.result(digits_and_scale(left)?, digits_and_scale(right)?)?;
        Ok(DataType::Decimal128(digits, scale.cast_signed()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = args.args.as_slice() else {
            return Err(DataFusionError::Internal(
                "an operator takes two operands".into(),
            ));
        };
        let left = left.to_array(args.number_rows)?;
        let right = right.to_array(args.number_rows)?;
        let (left_digits, left_scale) = digits_and_scale(left.data_type())?;
        let (right_digits, right_scale) = digits_and_scale(right.data_type())?;
        let (digits, scale) =
            self.result((left_digits, left_scale), (right_digits, right_scale))?;
        let left = unscaled(&left, &self.text)?;
        let right = unscaled(&right, &self.text)?;
        let mut results = Decimal128Array::builder(args.number_rows);
        for row in 0..args.number_rows {
            if left.is_null(row) || right.is_null(row) {
                results.append_null();
                continue;
            }
            let l = decimal(left.value(row), left_scale, &self.text)?;
            let r = decimal(right.value(row), right_scale, &self.text)?;
            let result = self.apply(l, r).map_err(|e| number_error(e, &self.text))?;
            results.append_option(result.map(Decimal::unscaled));
        }
        Ok(ColumnarValue::Array(decimals(
            results.finish(),
            digits,
            scale,
        )?))
    }
}
