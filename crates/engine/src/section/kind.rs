//! Values of every kind as one raw Int64, and back; kinds as bytes of the format.
//!
//! Raw values order as the values do, except a category's, which are numbers of texts.

use tagma_core::{Value, schema::TagKind};

/// Why a value has no raw form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRaw {
    WrongType,
    DoesNotFit,
}

/// Kind, precision and scale as stored.
pub(super) fn to_bytes(kind: TagKind) -> [u8; 3] {
    match kind {
        TagKind::Bool => [1, 0, 0],
        TagKind::Category => [2, 0, 0],
        TagKind::Int => [3, 0, 0],
        TagKind::Decimal { precision, scale } => [4, precision, scale],
        TagKind::Date => [5, 0, 0],
        TagKind::Timestamp => [6, 0, 0],
    }
}

/// The kind of stored bytes.
pub(super) fn from_bytes(bytes: [u8; 3]) -> Option<TagKind> {
    Some(match bytes {
        [1, 0, 0] => TagKind::Bool,
        [2, 0, 0] => TagKind::Category,
        [3, 0, 0] => TagKind::Int,
        [4, precision @ 1..=18, scale] if scale <= precision => {
            TagKind::Decimal { precision, scale }
        }
        [5, 0, 0] => TagKind::Date,
        [6, 0, 0] => TagKind::Timestamp,
        _ => return None,
    })
}

/// Smallest and greatest raw value that a stored chunk of this kind may have; `texts` is the size
/// of a category's dictionary.
pub(super) fn raw_limits(kind: TagKind, texts: u32) -> (i64, i64) {
    match kind {
        TagKind::Bool => (0, 1),
        TagKind::Category => (0, i64::from(texts) - 1),
        TagKind::Int | TagKind::Timestamp => (i64::MIN, i64::MAX),
        TagKind::Decimal { precision, .. } => {
            let limit = 10_i64.pow(u32::from(precision.min(18)));
            (1 - limit, limit - 1)
        }
        TagKind::Date => (i64::from(i32::MIN), i64::from(i32::MAX)),
    }
}

/// The raw form of a value that is no text.
pub(super) fn to_raw(kind: TagKind, value: &Value) -> Result<i64, NoRaw> {
    let raw = match (kind, value) {
        (TagKind::Bool, Value::Bool(value)) => i128::from(*value),
        (TagKind::Int, Value::Int(value)) => *value,
        (TagKind::Decimal { scale, .. }, Value::Int(value)) => rescale(*value, 0, scale)?,
        (
            TagKind::Decimal { scale, .. },
            Value::Decimal {
                unscaled,
                scale: own,
            },
        ) => rescale(*unscaled, *own, scale)?,
        (TagKind::Date, Value::Date(days)) => i128::from(*days),
        (TagKind::Timestamp, Value::Timestamp(micros)) => i128::from(*micros),
        _ => return Err(NoRaw::WrongType),
    };
    let raw = i64::try_from(raw).map_err(|_| NoRaw::DoesNotFit)?;
    let (min, max) = raw_limits(kind, 0);
    if raw < min || raw > max {
        return Err(NoRaw::DoesNotFit);
    }
    Ok(raw)
}

/// `value × 10^-from` as a multiple of `10^-to`, where that is exact.
fn rescale(value: i128, from: u8, to: u8) -> Result<i128, NoRaw> {
    let power = 10_i128
        .checked_pow(u32::from(from.abs_diff(to)))
        .ok_or(NoRaw::DoesNotFit)?;
    if from <= to {
        return value.checked_mul(power).ok_or(NoRaw::DoesNotFit);
    }
    match (value / power, value % power) {
        (quotient, 0) => Ok(quotient),
        _ => Err(NoRaw::DoesNotFit),
    }
}

/// The value of a raw form; a category's raw is no value by itself and gives NULL.
pub(super) fn to_value(kind: TagKind, raw: i64) -> Value {
    match kind {
        TagKind::Bool => Value::Bool(raw != 0),
        TagKind::Category => Value::Null,
        TagKind::Int => Value::Int(i128::from(raw)),
        TagKind::Decimal { scale, .. } => Value::Decimal {
            unscaled: i128::from(raw),
            scale,
        },
        TagKind::Date => Value::Date(raw as i32),
        TagKind::Timestamp => Value::Timestamp(raw),
    }
}
