//! Literals get their type from what they meet.

use super::{error::BindError, fold::literal, set::Binder};
use crate::{
    segment::{
        plan::Node,
        tree::{Literal, Scalar},
    },
    time::{TimeError, TimestampText, local_to_utc, parse_date, parse_timestamp},
    value::{Value, ValueType},
};

impl Binder<'_> {
    /// A literal that meets something of type `wanted`; `part` is what an error shows.
    pub(super) fn literal(
        &self,
        constant: &Literal,
        wanted: Option<ValueType>,
        part: &Scalar,
    ) -> Result<Node, BindError> {
        let value = match constant {
            Literal::Null => Value::Null,
            Literal::Bool(value) => Value::Bool(*value),
            Literal::Int(value) => Value::Int(*value),
            Literal::Decimal { unscaled, scale } => Value::Decimal {
                unscaled: *unscaled,
                scale: *scale,
            },
            Literal::Date(days) => Value::Date(*days),
            Literal::Timestamp(micros) => Value::Timestamp(*micros),
            Literal::LocalTimestamp(micros) => {
                let instant = local_to_utc(*micros, self.zone);
                Value::Timestamp(instant.map_err(|source| unreadable(part, source))?)
            }
            Literal::Text(text) => self.text(text, wanted, part)?,
        };
        Ok(literal(value.value_type(), value))
    }

    fn text(
        &self,
        text: &str,
        wanted: Option<ValueType>,
        part: &Scalar,
    ) -> Result<Value, BindError> {
        match wanted {
            None | Some(ValueType::Text | ValueType::Null) => Ok(Value::Text(text.to_owned())),
            Some(ValueType::Date) => {
                let days = parse_date(text).map_err(|source| unreadable(part, source))?;
                Ok(Value::Date(days))
            }
            Some(ValueType::Timestamp) => self
                .timestamp(text)
                .map_err(|source| unreadable(part, source)),
            Some(ValueType::Int | ValueType::Decimal(_)) => Err(Self::misfit(
                part,
                format!("text '{text}' meets a number"),
                "write numbers without quotes",
            )),
            Some(ValueType::Bool) => Err(Self::misfit(
                part,
                format!("text '{text}' meets a bool"),
                "write TRUE or FALSE without quotes",
            )),
        }
    }

    fn timestamp(&self, text: &str) -> Result<Value, TimeError> {
        let micros = match parse_timestamp(text)? {
            TimestampText::Instant(micros) => micros,
            TimestampText::Local(micros) => local_to_utc(micros, self.zone)?,
        };
        Ok(Value::Timestamp(micros))
    }

    /// A text where a date or timestamp belongs: a bare date is a date, all else a timestamp.
    pub(super) fn moment(&self, text: &str, part: &Scalar) -> Result<Node, BindError> {
        let value = match parse_date(text) {
            Ok(days) => Value::Date(days),
            Err(_) => self
                .timestamp(text)
                .map_err(|source| unreadable(part, source))?,
        };
        Ok(literal(value.value_type(), value))
    }
}

pub(super) fn unreadable(part: &Scalar, source: TimeError) -> BindError {
    BindError::Literal {
        fragment: part.to_string(),
        source,
    }
}
