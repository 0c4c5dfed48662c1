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

use super::{
    cell::{parse_compact_date, with_point},
    column_type,
};

/// Most digits after the point of a decimal; numbers with more are floats.
const DECIMAL_SCALE_MAX: u32 = 4;
const DECIMAL_DIGITS: u32 = 18;
const DECIMAL_DIGITS_MAX: u32 = 38;
/// Of a value that is shown.
const EXAMPLE_CHARS: usize = 64;

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

/// How values of a column are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LookRules {
    /// In the declared time column.
    pub(crate) is_time: bool,
    /// Whether numbers are written `1,5`.
    pub(crate) decimal_comma: bool,
}

/// A value, shortened, and its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) row: u64,
    pub(crate) value: String,
}

/// A type, with the digits before the point that its numbers need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) column_type: ColumnType,
    integer_digits: u32,
}

/// Values of one look.
#[derive(Debug, Clone, Default)]
struct Seen {
    count: u64,
    first: Option<Example>,
}

/// What all values of a column looked like so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    bools: Seen,
    ints: Seen,
    decimals: Seen,
    floats: Seen,
    dates: Seen,
    timestamps: Seen,
    texts: Seen,
    integer_digits: u32,
    scale: u32,
    all: u64,
    odd_time: Option<Example>,
}

/// A column of other values in which one in so many is text: these are rather mistakes.
const DOUBT_ONE_IN: u64 = 10;

impl Looks {
    /// Takes a value that is not null.
    pub(crate) fn see(&mut self, value: &str, row: u64, rules: LookRules) {
        self.take(look(value.trim(), rules), value, row, rules);
    }

    /// Takes a value that the file itself calls a text: it may be a time, and nothing else.
    pub(crate) fn see_text(&mut self, value: &str, row: u64, rules: LookRules) {
        let look = match look(value.trim(), rules) {
            time @ (Look::Date | Look::Timestamp) => time,
            _ => Look::Text,
        };
        self.take(look, value, row, rules);
    }

    fn take(&mut self, look: Look, value: &str, row: u64, rules: LookRules) {
        let example = || Example {
            row,
            value: value.chars().take(EXAMPLE_CHARS).collect(),
        };
        if rules.is_time && !matches!(look, Look::Date | Look::Timestamp) {
            self.odd_time.get_or_insert_with(example);
        }
        if let Look::Int { digits } | Look::Decimal { digits, .. } = look {
            self.integer_digits = self.integer_digits.max(digits);
        }
        if let Look::Decimal { scale, .. } = look {
            self.scale = self.scale.max(scale);
        }
        let seen = match look {
            Look::Bool => &mut self.bools,
            Look::Int { .. } => &mut self.ints,
            Look::Decimal { .. } => &mut self.decimals,
            Look::Float => &mut self.floats,
            Look::Date => &mut self.dates,
            Look::Timestamp => &mut self.timestamps,
            Look::Text => &mut self.texts,
        };
        self.all += 1;
        seen.count += 1;
        seen.first.get_or_insert_with(example);
    }

    /// The first value of a time column that is no time.
    pub(crate) fn odd_time(&self) -> Option<&Example> {
        self.odd_time.as_ref()
    }

    /// The type; `None` where every value was null.
    pub(crate) fn guess(&self) -> Option<Guess> {
        let column_type = match self.types().as_slice() {
            [] => return None,
            [(one, _)] => *one,
            _ => ColumnType::Text,
        };
        Some(Guess {
            column_type,
            integer_digits: self.integer_digits,
        })
    }

    /// The value that made the guess what it is: the first text of a text, the first decimal of a
    /// decimal.
    pub(crate) fn example(&self) -> Option<Example> {
        let types = self.types();
        // Text comes last, and is what mixtures are.
        let (_, seen) = types.last()?;
        seen.first.clone()
    }

    /// Why the column may well not be the text that it is taken for; `None` where nothing says so.
    pub(crate) fn doubt(&self) -> Option<String> {
        let types = self.types();
        let (last, odd) = types.last()?;
        let first = odd.first.as_ref()?;
        let is_text = *last == ColumnType::Text;
        let is_large = is_text && is_large(&first.value);
        let is_rare = self.texts.count * DOUBT_ONE_IN <= self.all;
        if !is_large && (types.len() == 1 || is_text && !is_rare) {
            return None;
        }
        let beside = match types.as_slice() {
            [(main, _), _, ..] => format!("beside {} it", column_type::print(*main)),
            _ => "it".to_owned(),
        };
        let why = match is_large {
            true => ", too large for an int of 64 bits",
            false => "",
        };
        let more = match odd.count {
            1 => String::new(),
            count => format!(" (and {} more like it)", count - 1),
        };
        let Example { row, value } = first;
        Some(format!(
            "is made text: {beside} holds `{value}` in row {row}{why}{more}"
        ))
    }

    /// Types that no other holds, in a fixed order, each with the values that made it.
    fn types(&self) -> Vec<(ColumnType, &Seen)> {
        let has = |seen: &Seen| seen.count > 0;
        let numbers = [&self.floats, &self.decimals, &self.ints];
        let times = [&self.timestamps, &self.dates];
        let time = match has(&self.timestamps) {
            true => ColumnType::Timestamp,
            false => ColumnType::Date,
        };
        let families = [
            (ColumnType::Bool, Some(&self.bools)),
            (self.number(), numbers.into_iter().find(|seen| has(seen))),
            (time, times.into_iter().find(|seen| has(seen))),
            (ColumnType::Text, Some(&self.texts)),
        ];
        families
            .into_iter()
            .filter_map(|(column_type, seen)| Some((column_type, seen.filter(|seen| has(seen))?)))
            .collect()
    }

    fn number(&self) -> ColumnType {
        if self.floats.count > 0 || self.scale > DECIMAL_SCALE_MAX {
            return ColumnType::Float;
        }
        if self.decimals.count == 0 {
            return ColumnType::Int;
        }
        decimal(self.integer_digits, self.scale)
    }
}

/// Whether a text is a whole number that only its size keeps from being an int.
fn is_large(value: &str) -> bool {
    let value = value.trim();
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.len() >= 19 && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
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

fn look(value: &str, rules: LookRules) -> Look {
    let Some(first) = value.bytes().next() else {
        return Look::Text;
    };
    if rules.is_time && parse_compact_date(value).is_some() {
        return Look::Date;
    }
    if matches!(first, b't' | b'T' | b'f' | b'F') {
        let is_bool = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        return if is_bool { Look::Bool } else { Look::Text };
    }
    if !matches!(first, b'0'..=b'9' | b'-' | b'.' | b',') {
        return Look::Text;
    }
    let number = match rules.decimal_comma {
        true => with_point(value).and_then(|value| look_of_number(&value)),
        false => look_of_number(value),
    };
    if let Some(number) = number {
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
