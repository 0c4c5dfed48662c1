//! Values of a tag as an Arrow array.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use tagma_core::schema::TagKind;
use tagma_core::{ErrorKind, Value};

use super::error::PeopleError;
use crate::arrow_types::UTC;

/// `values` of a tag of `kind` as the array that [`super::TagReader::read`] returns: Boolean,
/// Utf8, Int64, Decimal128 of the kind's precision and scale, Date32, Timestamp(µs, UTC).
///
/// # Errors
/// `Internal` where a value is not of the kind.
pub fn tag_array(kind: TagKind, values: &[Value]) -> Result<ArrayRef, PeopleError> {
    macro_rules! column {
        ($array:ty, $($pattern:pat $(if $guard:expr)? => $value:expr),+) => {{
            let parts = values.iter().map(|value| match value {
                Value::Null => Ok(None),
                $($pattern $(if $guard)? => Ok($value),)+
                other => Err(misfit(kind, other)),
            });
            parts.collect::<Result<$array, PeopleError>>()?
        }};
    }
    Ok(match kind {
        TagKind::Bool => Arc::new(column!(BooleanArray, Value::Bool(b) => Some(*b))),
        TagKind::Category => Arc::new(column!(StringArray, Value::Text(t) => Some(t.as_str()))),
        TagKind::Int => {
            let ints = column!(Vec<Option<i64>>, Value::Int(i) => i64::try_from(*i).ok());
            Arc::new(Int64Array::from(ints))
        }
        TagKind::Decimal { precision, scale } => {
            let unscaled = column!(
                Vec<Option<i128>>,
                Value::Decimal { unscaled, scale: s } if *s == scale => Some(*unscaled)
            );
            let array = Decimal128Array::from(unscaled);
            let typed = array.with_precision_and_scale(precision, scale.cast_signed());
            Arc::new(typed.map_err(|e| PeopleError {
                kind: ErrorKind::Internal,
                reason: e.to_string(),
            })?)
        }
        TagKind::Date => Arc::new(Date32Array::from(
            column!(Vec<Option<i32>>, Value::Date(d) => Some(*d)),
        )),
        TagKind::Timestamp => {
            let micros = column!(Vec<Option<i64>>, Value::Timestamp(t) => Some(*t));
            Arc::new(TimestampMicrosecondArray::from(micros).with_timezone(UTC))
        }
    })
}

fn misfit(kind: TagKind, value: &Value) -> PeopleError {
    PeopleError {
        kind: ErrorKind::Internal,
        reason: format!(
            "a value of type {} in a tag of kind {kind}",
            value.value_type()
        ),
    }
}
