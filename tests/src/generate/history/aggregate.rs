//! What a tag computes of a person's rows: its SQL, and the same in plain Rust.

use tagma_core::{AsOf, Value};

use super::rows::Row;

/// How the values of a column become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    /// The column of a table of attributes as it is.
    Latest,
    /// The greatest.
    Max,
    /// The smallest.
    Min,
    /// The greatest of the rows of the hours before the run.
    MaxSince(u32),
    /// The sum.
    Sum,
    /// How many there are: 0 for people who have rows without one.
    Count,
    /// Whether one is true.
    Any,
}

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

impl Aggregate {
    /// The statement over a column of a table.
    pub(super) fn sql(self, table: &str, column: &str) -> String {
        let value = match self {
            Self::Latest => return format!("SELECT oneid, {column} AS value FROM {table}"),
            Self::Max | Self::MaxSince(_) => format!("max({column})"),
            Self::Min => format!("min({column})"),
            Self::Sum => format!("sum({column})"),
            Self::Count => format!("count({column})"),
            Self::Any => format!("bool_or({column})"),
        };
        let rows = match self {
            Self::MaxSince(hours) => format!(" WHERE at >= now() - INTERVAL '{hours} hours'"),
            _ => String::new(),
        };
        format!("SELECT oneid, {value} AS value FROM {table}{rows} GROUP BY oneid")
    }

    /// The value of a person whose rows, in order of arrival, are `rows`; NULL where there is none.
    pub(super) fn value(self, rows: &[&Row], column: usize, as_of: AsOf) -> Value {
        let there = |row: &&&Row| !row.values[column].is_null();
        let values = || {
            let there = rows.iter().filter(there);
            there.map(|row| row.values[column].clone())
        };
        let found = match self {
            // Of several at one instant the last that arrived.
            Self::Latest => rows.iter().filter(there).max_by_key(|row| row.at),
            Self::Max => return values().max().unwrap_or(Value::Null),
            Self::Min => return values().min().unwrap_or(Value::Null),
            Self::MaxSince(hours) => {
                let start = as_of.0 - i64::from(hours) * HOUR;
                let recent = rows.iter().filter(there).filter(|row| row.at >= start);
                recent.max_by_key(|row| row.values[column].clone())
            }
            Self::Sum => return values().reduce(|a, b| plus(&a, &b)).unwrap_or(Value::Null),
            Self::Count if rows.is_empty() => None,
            Self::Count => return Value::Int(values().count() as i128),
            Self::Any => return values().max().unwrap_or(Value::Null),
        };
        found.map_or(Value::Null, |row| row.values[column].clone())
    }
}

/// The sum of two numbers of one type.
fn plus(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a + b),
        (Value::Decimal { unscaled: a, scale }, Value::Decimal { unscaled: b, .. }) => {
            Value::Decimal {
                unscaled: a + b,
                scale: *scale,
            }
        }
        _ => Value::Null,
    }
}
