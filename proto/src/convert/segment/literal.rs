//! Constants and intervals. Numbers travel as their digits, so that nothing is ever rounded.

use tagma_core::{
    number::Decimal,
    segment::{Interval, Literal, Scalar, print_scalar},
};

use super::{error::Result, place::Place};
use crate::pb::segment::v1::{self as pb, literal::Value};

/// The constant of a message; ranges are checked with the whole tree.
pub(super) fn literal_from(literal: pb::Literal, place: Place<'_>) -> Result<Literal> {
    Ok(match literal.value {
        None => return Err(place.says_nothing("value")),
        Some(Value::Null(true)) => Literal::Null,
        Some(Value::Null(false)) => {
            return Err(place.wrong("`null` is false; it is true or not set"));
        }
        Some(Value::Boolean(value)) => Literal::Bool(value),
        Some(Value::Number(digits)) => number_from(&digits, place)?,
        Some(Value::Text(text)) => Literal::Text(text),
        Some(Value::DateDays(days)) => Literal::Date(days),
        Some(Value::TimestampUs(micros)) => Literal::Timestamp(micros),
        Some(Value::LocalTimestampUs(micros)) => Literal::LocalTimestamp(micros),
    })
}

/// A constant's message.
pub(super) fn literal_to(literal: &Literal) -> pb::Literal {
    let value = match literal {
        Literal::Null => Value::Null(true),
        Literal::Bool(value) => Value::Boolean(*value),
        Literal::Int(_) | Literal::Decimal { .. } => {
            Value::Number(print_scalar(&Scalar::Literal(literal.clone())))
        }
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Date(days) => Value::DateDays(*days),
        Literal::Timestamp(micros) => Value::TimestampUs(*micros),
        Literal::LocalTimestamp(micros) => Value::LocalTimestampUs(*micros),
    };
    pb::Literal { value: Some(value) }
}

fn number_from(digits: &str, place: Place<'_>) -> Result<Literal> {
    let number: Decimal = digits
        .parse()
        .map_err(|error| place.wrong(format!("`number`: {error}")))?;
    Ok(match digits.contains('.') {
        true => Literal::Decimal {
            unscaled: number.unscaled(),
            scale: number.scale(),
        },
        false => Literal::Int(number.unscaled()),
    })
}

/// A step.
pub(super) fn interval_from(interval: pb::Interval) -> Interval {
    Interval {
        months: interval.months,
        days: interval.days,
        micros: interval.microseconds,
    }
}

/// A step's message.
pub(super) fn interval_to(interval: Interval) -> pb::Interval {
    pb::Interval {
        months: interval.months,
        days: interval.days,
        microseconds: interval.micros,
    }
}
