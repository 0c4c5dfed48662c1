//! Values of a result as values of a tag: exact, or refused.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use datafusion::common::Result;
use tagma_core::Value;
use tagma_core::number::{Decimal, power_of_ten};
use tagma_core::schema::TagKind;
use tagma_core::time::{check_date, check_timestamp};

/// Bytes of a category's text.
const CATEGORY_BYTES_MAX: usize = 1024;

/// Reads one column as values of a tag of some kind.
pub(super) struct ValueReader {
    kind: TagKind,
    values: ArrayRef,
}

impl ValueReader {
    /// `values` are of a type that the analysis found to fit `kind`.
    pub(super) fn new(kind: TagKind, values: &ArrayRef) -> Result<Self> {
        let data_type = match values.data_type() {
            DataType::Decimal128(..) | DataType::Null => values.data_type().clone(),
            DataType::UInt64 => DataType::Decimal128(20, 0),
            t if t.is_integer() => DataType::Int64,
            DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => DataType::Utf8,
            other => other.clone(),
        };
        let values = cast(values, &data_type)?;
        Ok(Self { kind, values })
    }

    /// The value in `row`, or why it does not fit.
    pub(super) fn value(&self, row: usize) -> std::result::Result<Value, String> {
        if *self.values.data_type() == DataType::Null || self.values.is_null(row) {
            return Ok(Value::Null);
        }
        match self.kind {
            TagKind::Bool => Ok(Value::Bool(self.values.as_boolean().value(row))),
            TagKind::Category => category(self.values.as_string::<i32>().value(row)),
            TagKind::Int => int(self.number(row)?),
            TagKind::Decimal { precision, scale } => decimal(self.number(row)?, precision, scale),
            TagKind::Date => {
                let day = self.values.as_primitive::<Date32Type>().value(row);
                check_date(day).map(Value::Date).map_err(|e| e.to_string())
            }
            TagKind::Timestamp => {
                let at = self
                    .values
                    .as_primitive::<TimestampMicrosecondType>()
                    .value(row);
                check_timestamp(at)
                    .map(Value::Timestamp)
                    .map_err(|e| e.to_string())
            }
        }
    }

    fn number(&self, row: usize) -> std::result::Result<Decimal, String> {
        let (unscaled, scale) = match self.values.data_type() {
            DataType::Decimal128(_, scale) => (
                self.values.as_primitive::<Decimal128Type>().value(row),
                scale.unsigned_abs(),
            ),
            _ => (
                i128::from(self.values.as_primitive::<Int64Type>().value(row)),
                0,
            ),
        };
        Decimal::new(unscaled, scale).map_err(|e| e.to_string())
    }
}

fn category(text: &str) -> std::result::Result<Value, String> {
    if text.len() > CATEGORY_BYTES_MAX {
        return Err(format!(
            "the text has {} bytes, a category at most {CATEGORY_BYTES_MAX}",
            text.len()
        ));
    }
    Ok(Value::Text(text.into()))
}

fn int(number: Decimal) -> std::result::Result<Value, String> {
    match i64::try_from(number.unscaled()) {
        Ok(int) => Ok(Value::Int(int.into())),
        Err(_) => Err(format!("{number} is no 64-bit integer")),
    }
}

fn decimal(number: Decimal, precision: u8, scale: u8) -> std::result::Result<Value, String> {
    let Some(exact) = number.rescale_exact(scale) else {
        return Err(format!(
            "{number} has more than {scale} digits after the point: \
             CAST(… AS DECIMAL({precision}, {scale})) rounds"
        ));
    };
    let bound = power_of_ten(precision.into()).unwrap_or(i128::MAX);
    if exact.unscaled().abs() >= bound {
        return Err(format!("{number} has more than {precision} digits"));
    }
    Ok(Value::Decimal {
        unscaled: exact.unscaled(),
        scale,
    })
}
