//! Values as the segment language, tags and tables see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    number::Decimal,
    time::{print_date, print_timestamp},
};

/// Type of a value in the segment language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// Integer.
    Int,
    /// Exact decimal with this many digits after the point, 0 to 38.
    Decimal(u8),
    /// UTF-8, compared as bytes.
    Text,
    /// Calendar day.
    Date,
    /// Instant in UTC microseconds.
    Timestamp,
    /// The type of a bare NULL.
    Null,
}

/// One value. `Null` is SQL's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Integer within Int64 when stored, within 38 digits in between.
    Int(i128),
    /// `unscaled × 10^-scale`, at most 38 digits. Equal numbers at two scales are two values here.
    Decimal {
        /// The digits as an integer.
        unscaled: i128,
        /// Digits after the point, 0 to 38.
        scale: u8,
    },
    /// UTF-8 text.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 UTC, years 1 to 9999.
    Timestamp(i64),
}

impl Value {
    /// The value's type.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Null => ValueType::Null,
            Self::Bool(_) => ValueType::Bool,
            Self::Int(_) => ValueType::Int,
            Self::Decimal { scale, .. } => ValueType::Decimal(*scale),
            Self::Text(_) => ValueType::Text,
            Self::Date(_) => ValueType::Date,
            Self::Timestamp(_) => ValueType::Timestamp,
        }
    }

    /// The value for people: plain digits, `yyyy-mm-dd`, RFC 3339 in UTC, `null`.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Decimal { unscaled, scale } => match Decimal::new(*unscaled, *scale) {
                Ok(decimal) => decimal.to_string(),
                Err(_) => format!("{unscaled}e-{scale}"),
            },
            Self::Text(text) => text.clone(),
            Self::Date(days) => print_date(*days),
            Self::Timestamp(micros) => print_timestamp(*micros),
        }
    }

    /// Whether this is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Decimal(scale) => write!(f, "decimal with {scale} digits after the point"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Null => f.write_str("null"),
        }
    }
}
