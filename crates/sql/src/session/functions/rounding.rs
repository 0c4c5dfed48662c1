//! `abs`, `floor`, `ceil` and `round(x [, digits])`: exact, halves away from zero.
//!
//! Floats are taken as the decimals that `sum` takes them for.

use arrow::array::Decimal128Array;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use std::sync::Arc;
use tagma_core::number::power_of_ten;

use super::numbers::{DIGITS, coerced, decimal, decimals, digits_and_scale, unscaled};

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rounding {
    Abs,
    Floor,
    Ceil,
    Round,
}

impl Rounding {
    pub(super) const ALL: [Self; 4] = [Self::Abs, Self::Floor, Self::Ceil, Self::Round];

    fn name(self) -> &'static str {
        match self {
            Self::Abs => "abs",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round => "round",
        }
    }

    /// `value` in units of `unit`, a power of ten: the quotient.
    fn divide(self, value: i128, unit: i128) -> i128 {
        match self {
            Self::Abs => value.abs(),
            Self::Floor => value.div_euclid(unit),
            Self::Ceil => -(-value).div_euclid(unit),
            Self::Round => {
                let rest = (value % unit).abs();
                let away = i128::from(rest >= unit - rest && rest != 0);
                value / unit + away * value.signum()
            }
        }
    }
}

/// One of the functions.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct RoundingFunction {
    which: Rounding,
    signature: Signature,
}

impl RoundingFunction {
    pub(super) fn new(which: Rounding) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { which, signature }
    }

    /// Digits and scale of the result, of an argument of a coerced type.
    fn result(&self, argument: &DataType, digits: Option<i64>) -> Result<(u8, u8)> {
        let (precision, scale) = digits_and_scale(argument)?;
        let kept = match self.which {
            Rounding::Abs => scale,
            Rounding::Floor | Rounding::Ceil => 0,
            Rounding::Round => {
                let digits = digits.unwrap_or(0);
                let digits = u8::try_from(digits).map_err(|_| {
                    DataFusionError::Plan(format!("round: {digits} digits are none from 0 to 38"))
                })?;
                digits.min(scale)
            }
        };
        // One digit more for what rounds up.
        Ok(((precision - scale + kept + 1).min(DIGITS), kept))
    }
}

fn literal(argument: Option<&ScalarValue>) -> Result<Option<i64>> {
    match argument {
        Some(ScalarValue::Int64(Some(digits))) => Ok(Some(*digits)),
        _ => Err(DataFusionError::Plan(
            "round takes its digits as a number, from 0".into(),
        )),
    }
}

impl ScalarUDFImpl for RoundingFunction {
    fn name(&self) -> &str {
        self.which.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let fits = match self.which {
            Rounding::Round => (1..=2).contains(&arg_types.len()),
            _ => arg_types.len() == 1,
        };
        let number = arg_types.first().and_then(coerced).filter(|_| fits);
        let number = number
            .ok_or_else(|| DataFusionError::Plan(format!("{} takes a number", self.name())))?;
        let digits = arg_types.iter().skip(1).map(|_| DataType::Int64);
        Ok([number].into_iter().chain(digits).collect())
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Err(DataFusionError::Internal(
            "the digits decide the type".into(),
        ))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let argument = args
            .arg_fields
            .first()
            .map_or(&DataType::Null, |f| f.data_type());
        let digits = match args.scalar_arguments.get(1) {
            Some(digits) => literal(*digits)?,
            None => None,
        };
        let (precision, scale) = self.result(argument, digits)?;
        let result = DataType::Decimal128(precision, scale.cast_signed());
        Ok(Arc::new(Field::new(self.name(), result, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let argument = args
            .args
            .first()
            .map(|a| a.to_array(args.number_rows))
            .transpose()?;
        let argument = argument
            .ok_or_else(|| DataFusionError::Internal(format!("{} takes a number", self.name())))?;
        let (_, from) = digits_and_scale(argument.data_type())?;
        let (precision, to) = digits_and_scale(args.return_field.data_type())?;
        let unit = power_of_ten(u32::from(from - to)).unwrap_or(1);
        let values = unscaled(&argument, self.name())?;
        let rounded = values.iter().map(|value| {
            let rounded = value.map(|value| {
                decimal(self.which.divide(value, unit), to, self.name()).map(|d| d.unscaled())
            });
            rounded.transpose()
        });
        let rounded = rounded.collect::<Result<Decimal128Array>>()?;
        Ok(ColumnarValue::Array(decimals(rounded, precision, to)?))
    }
}
