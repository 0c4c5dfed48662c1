//! Literals: a string is read as the type that it meets.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use tagma_core::{Value, segment::Literal};

use super::{Evaluator, calendar, types::Type};
use crate::oracle::OracleError;

impl Evaluator<'_> {
    /// The value of a literal that is read as `want`; a date stays one where a timestamp is
    /// wanted, and is lifted for each person who is asked about.
    pub(super) fn read(&self, literal: &Literal, want: Type) -> Result<Value, OracleError> {
        Ok(match literal {
            Literal::Null => Value::Null,
            Literal::Bool(truth) => Value::Bool(*truth),
            Literal::Int(number) => Value::Int(*number),
            Literal::Decimal { unscaled, scale } => Value::Decimal {
                unscaled: *unscaled,
                scale: *scale,
            },
            Literal::Date(day) => Value::Date(*day),
            Literal::Timestamp(micros) => Value::Timestamp(*micros),
            Literal::LocalTimestamp(micros) => {
                let local = calendar::to_local(*micros, chrono_tz::UTC)?;
                Value::Timestamp(calendar::to_instant(local, self.zone)?)
            }
            Literal::Text(text) => return self.read_text(text, want),
        })
    }

    fn read_text(&self, text: &str, want: Type) -> Result<Value, OracleError> {
        let bad = |wanted| {
            let text = text.to_owned();
            OracleError::BadLiteral { text, wanted }
        };
        match want {
            Type::Text | Type::Spelled | Type::Null => Ok(Value::Text(text.to_owned())),
            Type::Bool => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(bad("boolean")),
            },
            Type::Number => number(text).ok_or_else(|| bad("number")),
            Type::Date => {
                let date = date(text).ok_or_else(|| bad("date"))?;
                Ok(Value::Date(calendar::checked_day(date)?))
            }
            Type::Timestamp => {
                let local = local_time(text).ok_or_else(|| bad("timestamp"))?;
                let instant = calendar::to_instant(local, self.zone)?;
                Ok(Value::Timestamp(instant))
            }
        }
    }
}

/// `yyyy-mm-dd`.
fn date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let mut field = |width: usize| {
        parts
            .next()
            .filter(|p| p.len() == width)?
            .parse::<u32>()
            .ok()
    };
    let (year, month, day) = (field(4)?, field(2)?, field(2)?);
    if parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `yyyy-mm-dd`, or `yyyy-mm-dd hh:mm:ss` with up to six digits of a second after a point.
fn local_time(text: &str) -> Option<NaiveDateTime> {
    let Some((day, time)) = text.split_once([' ', 'T']) else {
        return Some(date(text)?.and_time(NaiveTime::MIN));
    };
    let time = NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok()?;
    Some(date(day)?.and_time(time))
}

/// Digits with an optional sign and point.
fn number(text: &str) -> Option<Value> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let unscaled = format!("{whole}{fraction}").parse().ok()?;
    if !text.contains('.') {
        return Some(Value::Int(unscaled));
    }
    let scale = u8::try_from(fraction.len()).ok()?;
    Some(Value::Decimal { unscaled, scale })
}
