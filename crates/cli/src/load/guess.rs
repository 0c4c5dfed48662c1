//! Guessing the type of a column from all of its values.
//!
//! | values | type |
//! | --- | --- |
//! | `true`, `false` in any case | bool |
//! | whole numbers within Int64, no sign `+`, no leading zeros | int |
//! | numbers, at most 4 digits after the point | decimal(18,s), 38 where 18 is not enough |
//! | other numbers | float |
//! | `YYYY-MM-DD`, and `YYYYMMDD` in the declared time column | date |
//! | timestamps, with or without offset, or among dates | timestamp |
//! | anything else, and mixtures | text |

use tagma_core::{
    schema::ColumnType,
    time::{parse_date, parse_timestamp},
};

use super::cell::parse_compact_date;

/// Most digits after the point of a decimal; numbers with more are floats.
const DECIMAL_SCALE_MAX: u32 = 4;
const DECIMAL_DIGITS: u32 = 18;
const DECIMAL_DIGITS_MAX: u32 = 38;

/// What one value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Bool,
    Int { digits: u32 },
    Decimal { digits: u32, scale: u32 },
    Float,
    Date,
    Timestamp,
    Text,
}

/// A type, with the digits before the point that its numbers need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) column_type: ColumnType,
    integer_digits: u32,
}

/// What all values of a column looked like so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    bools: bool,
    ints: bool,
    decimals: bool,
    floats: bool,
    dates: bool,
    timestamps: bool,
    texts: bool,
    integer_digits: u32,
    scale: u32,
}

impl Looks {
    /// Takes a value that is not null; `is_time` in the declared time column.
    pub(crate) fn see(&mut self, value: &str, is_time: bool) {
        if self.texts {
            return;
        }
        match look(value.trim(), is_time) {
            Look::Bool => self.bools = true,
            Look::Int { digits } => {
                self.ints = true;
                self.integer_digits = self.integer_digits.max(digits);
            }
            Look::Decimal { digits, scale } => {
                self.decimals = true;
                self.integer_digits = self.integer_digits.max(digits);
                self.scale = self.scale.max(scale);
            }
            Look::Float => self.floats = true,
            Look::Date => self.dates = true,
            Look::Timestamp => self.timestamps = true,
            Look::Text => self.texts = true,
        }
    }

    /// The type; `None` where every value was null.
    pub(crate) fn guess(&self) -> Option<Guess> {
        let numbers = self.ints || self.decimals || self.floats;
        let times = self.dates || self.timestamps;
        let families = [self.bools, numbers, times, self.texts];
        let column_type = match families.iter().filter(|seen| **seen).count() {
            0 => return None,
            1 if self.bools => ColumnType::Bool,
            1 if numbers => self.number(),
            1 if self.timestamps => ColumnType::Timestamp,
            1 if self.dates => ColumnType::Date,
            _ => ColumnType::Text,
        };
        Some(Guess {
            column_type,
            integer_digits: self.integer_digits,
        })
    }

    fn number(&self) -> ColumnType {
        if self.floats || self.scale > DECIMAL_SCALE_MAX {
            return ColumnType::Float;
        }
        if !self.decimals {
            return ColumnType::Int;
        }
        decimal(self.integer_digits, self.scale)
    }
}

impl Guess {
    /// The guess where the file itself declares a type.
    pub(crate) fn declared(column_type: ColumnType) -> Self {
        let integer_digits = match column_type {
            ColumnType::Int => 19,
            ColumnType::Decimal { precision, scale } => u32::from(precision - scale),
            _ => 0,
        };
        Self {
            column_type,
            integer_digits,
        }
    }

    /// The type that holds the values of both; `None` where there is none but text.
    pub(crate) fn with(self, other: Self) -> Option<Self> {
        use ColumnType::{Date, Decimal, Float, Int, Timestamp};
        let integer_digits = self.integer_digits.max(other.integer_digits);
        let column_type = match (self.column_type, other.column_type) {
            (a, b) if a == b => a,
            (Decimal { scale: a, .. }, Decimal { scale: b, .. }) => {
                decimal(integer_digits, u32::from(a.max(b)))
            }
            (Int, Decimal { scale, .. }) | (Decimal { scale, .. }, Int) => {
                decimal(integer_digits, u32::from(scale))
            }
            (Int | Decimal { .. }, Float) | (Float, Int | Decimal { .. }) => Float,
            (Date, Timestamp) | (Timestamp, Date) => Timestamp,
            _ => return None,
        };
        Some(Self {
            column_type,
            integer_digits,
        })
    }
}

fn decimal(integer_digits: u32, scale: u32) -> ColumnType {
    let digits = integer_digits + scale;
    if digits > DECIMAL_DIGITS_MAX {
        return ColumnType::Float;
    }
    let precision = if digits <= DECIMAL_DIGITS {
        DECIMAL_DIGITS
    } else {
        DECIMAL_DIGITS_MAX
    };
    ColumnType::Decimal {
        precision: precision as u8,
        scale: scale as u8,
    }
}

fn look(value: &str, is_time: bool) -> Look {
    let Some(first) = value.bytes().next() else {
        return Look::Text;
    };
    if is_time && parse_compact_date(value).is_some() {
        return Look::Date;
    }
    if matches!(first, b't' | b'T' | b'f' | b'F') {
        let is_bool = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        return if is_bool { Look::Bool } else { Look::Text };
    }
    if !matches!(first, b'0'..=b'9' | b'-' | b'.') {
        return Look::Text;
    }
    if let Some(number) = look_of_number(value) {
        return number;
    }
    if parse_date(value).is_ok() {
        return Look::Date;
    }
    if parse_timestamp(value).is_ok() {
        return Look::Timestamp;
    }
    Look::Text
}

/// `None` for what is no number, `Text` for what is rather an identifier.
fn look_of_number(value: &str) -> Option<Look> {
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (mantissa, has_exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            exponent.parse::<i16>().ok()?;
            (mantissa, true)
        }
        None => (unsigned, false),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole)
        || !digits(fraction.unwrap_or("0"))
        || mantissa == "."
        || whole.is_empty() && fraction.is_none()
    {
        return None;
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Some(Look::Text);
    }
    Some(match fraction {
        // 12e4 is rather a code than a number.
        None if has_exponent => Look::Text,
        None if value == "-0" || value.parse::<i64>().is_err() => Look::Text,
        None => Look::Int {
            digits: whole.len() as u32,
        },
        Some(_) if has_exponent => Look::Float,
        Some(fraction) => Look::Decimal {
            digits: whole.len() as u32,
            scale: fraction.len() as u32,
        },
    })
}

#[cfg(test)]
#[path = "guess_tests.rs"]
mod tests;
