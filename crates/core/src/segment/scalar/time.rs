//! Calendar operations over values.

use super::error::EvalError;
use crate::{
    segment::tree::{DateUnit, Interval},
    time::{self, TimeError},
    value::Value,
};

/// Runs a calendar operation; its errors name it and the value.
fn named<T>(
    name: &str,
    value: &Value,
    run: impl FnOnce() -> Result<T, TimeError>,
) -> Result<T, EvalError> {
    run().map_err(|source| EvalError::Time {
        operation: format!("{name} of {}", shown(value)),
        source,
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Date(days) => time::print_date(*days),
        Value::Timestamp(micros) => time::print_timestamp(*micros),
        _ => String::from("a value"),
    }
}

pub(super) fn shift(value: &Value, by: Interval, zone: &str) -> Result<Value, EvalError> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Date(days) if by.micros == 0 => {
            let moved = || time::shift_date(*days, by.months, by.days);
            named("a step", value, moved).map(Value::Date)
        }
        Value::Timestamp(micros) => {
            let moved = || time::shift(*micros, by, time::zone(zone)?);
            named("a step", value, moved).map(Value::Timestamp)
        }
        _ => Err(EvalError::Malformed("operand of a step in time")),
    }
}

pub(super) fn date_trunc(unit: DateUnit, value: &Value, zone: &str) -> Result<Value, EvalError> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Date(days) => {
            let cut = || time::date_trunc_date(unit, *days);
            named("date_trunc", value, cut).map(Value::Date)
        }
        Value::Timestamp(micros) => {
            let cut = || time::date_trunc_timestamp(unit, *micros, time::zone(zone)?);
            named("date_trunc", value, cut).map(Value::Timestamp)
        }
        _ => Err(EvalError::Malformed("operand of date_trunc")),
    }
}

pub(super) fn days_between(from: &Value, to: &Value, zone: &str) -> Result<Value, EvalError> {
    if from.is_null() || to.is_null() {
        return Ok(Value::Null);
    }
    let (first, last) = (local_day(from, zone)?, local_day(to, zone)?);
    Ok(Value::Int(i128::from(last) - i128::from(first)))
}

fn local_day(value: &Value, zone: &str) -> Result<i32, EvalError> {
    match value {
        Value::Date(days) => Ok(*days),
        Value::Timestamp(micros) => {
            let day = || time::local_date(*micros, time::zone(zone)?);
            named("the local day", value, day)
        }
        _ => Err(EvalError::Malformed("operand of days_between")),
    }
}

pub(super) fn midnight(value: &Value, zone: &str) -> Result<Value, EvalError> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Date(days) => {
            let start = || time::local_midnight(*days, time::zone(zone)?);
            named("the local midnight", value, start).map(Value::Timestamp)
        }
        _ => Err(EvalError::Malformed("operand of a local midnight")),
    }
}
