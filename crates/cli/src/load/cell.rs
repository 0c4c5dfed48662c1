//! One text cell becomes one typed value, or a reason why not.

use std::{borrow::Cow, sync::Arc};

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder, TimestampMicrosecondBuilder,
};
use tagma_core::{
    number::{Decimal, power_of_ten},
    schema::ColumnType,
    time::{self, TimestampText, Zone},
};

use super::column_type;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellRules {
    pub(crate) column_type: ColumnType,
    /// Zone of timestamps without offset.
    pub(crate) zone: Zone,
    /// Whether `YYYYMMDD` is a date: in the declared time column.
    pub(crate) has_compact_dates: bool,
    /// Whether decimals and floats are written `1,5`.
    pub(crate) decimal_comma: bool,
}

/// A column being filled.
pub(crate) struct ColumnBuilder {
    rules: CellRules,
    values: Values,
}

enum Values {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Decimal(Decimal128Builder),
    Text(StringBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
}

/// Runs the same call on whichever builder it is.
macro_rules! each {
    ($values:expr, $builder:ident => $call:expr) => {
        match $values {
            Values::Bool($builder) => $call,
            Values::Int($builder) => $call,
            Values::Float($builder) => $call,
            Values::Decimal($builder) => $call,
            Values::Text($builder) => $call,
            Values::Date($builder) => $call,
            Values::Timestamp($builder) => $call,
        }
    };
}

impl ColumnBuilder {
    pub(crate) fn new(rules: CellRules) -> Self {
        let data_type = column_type::data_type(rules.column_type);
        let values = match rules.column_type {
            ColumnType::Bool => Values::Bool(BooleanBuilder::new()),
            ColumnType::Int => Values::Int(Int64Builder::new()),
            ColumnType::Float => Values::Float(Float64Builder::new()),
            ColumnType::Decimal { .. } => {
                Values::Decimal(Decimal128Builder::new().with_data_type(data_type))
            }
            ColumnType::Text => Values::Text(StringBuilder::new()),
            ColumnType::Date => Values::Date(Date32Builder::new()),
            ColumnType::Timestamp => {
                Values::Timestamp(TimestampMicrosecondBuilder::new().with_data_type(data_type))
            }
        };
        Self { rules, values }
    }

    pub(crate) fn append_null(&mut self) {
        each!(&mut self.values, builder => builder.append_null());
    }

    /// Appends the value of `text`; null with a reason where it has none of the column's type.
    pub(crate) fn append(&mut self, text: &str) -> Result<(), String> {
        let appended = self.try_append(text);
        if appended.is_err() {
            self.append_null();
        }
        appended.map_err(|what| {
            let start: String = text.chars().take(64).collect();
            format!("`{start}` is {what}")
        })
    }

    fn try_append(&mut self, text: &str) -> Result<(), String> {
        let rules = self.rules;
        let trimmed = text.trim();
        match &mut self.values {
            Values::Bool(builder) => builder.append_value(parse_bool(trimmed)?),
            Values::Int(builder) => {
                let value = trimmed
                    .parse()
                    .map_err(|_| "no integer of 64 bits".to_owned())?;
                builder.append_value(value);
            }
            Values::Float(builder) => {
                builder.append_value(parse_float(&rules.with_point(trimmed)?)?);
            }
            Values::Decimal(builder) => {
                let value = parse_decimal(&rules.with_point(trimmed)?, rules.column_type)?;
                builder.append_value(value);
            }
            Values::Text(builder) => builder.append_value(text),
            Values::Date(builder) => builder.append_value(rules.parse_date(trimmed)?),
            Values::Timestamp(builder) => builder.append_value(rules.parse_timestamp(trimmed)?),
        }
        Ok(())
    }

    /// The values so far, leaving the builder empty.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        each!(&mut self.values, builder => Arc::new(builder.finish()))
    }
}

impl CellRules {
    fn with_point(self, text: &str) -> Result<Cow<'_, str>, String> {
        if !self.decimal_comma {
            return Ok(Cow::Borrowed(text));
        }
        with_point(text).ok_or_else(|| "written with a point, not with a comma".to_owned())
    }

    fn parse_date(&self, text: &str) -> Result<i32, String> {
        let compact = parse_compact_date(text).filter(|_| self.has_compact_dates);
        match compact.map_or_else(|| time::parse_date(text), Ok) {
            Ok(days) => Ok(days),
            Err(_) => Err("no date: YYYY-MM-DD is needed".to_owned()),
        }
    }

    fn parse_timestamp(&self, text: &str) -> Result<i64, String> {
        let compact = parse_compact_date(text).filter(|_| self.has_compact_dates);
        let micros = match compact {
            Some(days) => time::local_midnight(days, self.zone),
            None => time::parse_timestamp(text).and_then(|written| match written {
                TimestampText::Instant(micros) => Ok(micros),
                TimestampText::Local(micros) => time::local_to_utc(micros, self.zone),
            }),
        };
        let needed = "no timestamp: YYYY-MM-DD HH:MM:SS in years 1 to 9999 is needed";
        micros.map_err(|_| needed.to_owned())
    }
}

/// A number written `1,5` as `1.5`; `None` where it has a point, which may mean thousands.
pub(crate) fn with_point(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('.') {
        return None;
    }
    Some(match text.contains(',') {
        true => Cow::Owned(text.replacen(',', ".", 1)),
        false => Cow::Borrowed(text),
    })
}

/// `YYYYMMDD` as days; `None` for anything else.
pub(crate) fn parse_compact_date(text: &str) -> Option<i32> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let dashed = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    time::parse_date(&dashed).ok()
}

fn parse_bool(text: &str) -> Result<bool, String> {
    if text.eq_ignore_ascii_case("true") {
        return Ok(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Ok(false);
    }
    Err("neither true nor false".to_owned())
}

fn parse_float(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "no number".to_owned())?;
    if value.is_finite() {
        return Ok(value);
    }
    Err("not finite".to_owned())
}

fn parse_decimal(text: &str, column_type: ColumnType) -> Result<i128, String> {
    let ColumnType::Decimal { precision, scale } = column_type else {
        return Err("not asked for as a decimal".to_owned());
    };
    let number: Decimal = text.parse().map_err(|_| "no decimal number".to_owned())?;
    let exact = number.rescale_exact(scale);
    let bound = power_of_ten(u32::from(precision)).unwrap_or(i128::MAX);
    let unscaled = exact
        .map(Decimal::unscaled)
        .filter(|value| value.abs() < bound);
    unscaled.ok_or_else(|| format!("too precise or too large for decimal({precision},{scale})"))
}

#[cfg(test)]
#[path = "cell_tests.rs"]
mod tests;
