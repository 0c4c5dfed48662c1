//! Literals and intervals as text.

use std::fmt::{self, Write};

use crate::{
    segment::tree::{Interval, Literal},
    time::{print_date, print_local_timestamp, print_timestamp},
};

pub(super) fn write_literal(out: &mut String, literal: &Literal) -> fmt::Result {
    match literal {
        Literal::Null => out.write_str("NULL"),
        Literal::Bool(true) => out.write_str("TRUE"),
        Literal::Bool(false) => out.write_str("FALSE"),
        Literal::Int(value) => write!(out, "{value}"),
        Literal::Decimal { unscaled, scale } => write_decimal(out, *unscaled, *scale),
        Literal::Text(text) => write_text(out, text),
        Literal::Date(days) => write!(out, "DATE '{}'", print_date(*days)),
        Literal::Timestamp(micros) => write!(out, "TIMESTAMP '{}'", print_timestamp(*micros)),
        Literal::LocalTimestamp(micros) => {
            write!(out, "TIMESTAMP '{}'", print_local_timestamp(*micros))
        }
    }
}

/// With a point also at scale 0 (`5.`): the point is what makes it a decimal.
fn write_decimal(out: &mut String, unscaled: i128, scale: u8) -> fmt::Result {
    let sign = if unscaled < 0 { "-" } else { "" };
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    write!(out, "{sign}{whole}.{fraction}")
}

pub(super) fn write_text(out: &mut String, text: &str) -> fmt::Result {
    out.write_char('\'')?;
    for letter in text.chars() {
        if letter == '\'' {
            out.write_char('\'')?;
        }
        out.write_char(letter)?;
    }
    out.write_char('\'')
}

/// ` + INTERVAL '…'`, or ` - INTERVAL '…'` where every part is negative.
pub(super) fn write_shift(out: &mut String, by: Interval) -> fmt::Result {
    let parts = [i64::from(by.months), i64::from(by.days), by.micros];
    // The least Int64 has no opposite: it stays negative.
    let turned = parts.iter().all(|part| *part <= 0)
        && parts.iter().any(|part| *part < 0)
        && by.months != i32::MIN
        && by.days != i32::MIN
        && by.micros != i64::MIN;
    let sign = if turned { -1 } else { 1 };
    out.write_str(if turned {
        " - INTERVAL '"
    } else {
        " + INTERVAL '"
    })?;
    let (micros, unit) = clock_unit(parts[2]);
    let named = [(parts[0], "month"), (parts[1], "day"), (micros, unit)];
    let mut between = "";
    for (amount, unit) in named {
        if amount != 0 {
            let amount = amount * sign;
            let plural = if amount == 1 { "" } else { "s" };
            write!(out, "{between}{amount} {unit}{plural}")?;
            between = " ";
        }
    }
    if between.is_empty() {
        out.write_str("0 days")?;
    }
    out.write_char('\'')
}

/// The greatest unit that measures the microseconds exactly.
fn clock_unit(micros: i64) -> (i64, &'static str) {
    let units = [
        (3_600_000_000, "hour"),
        (60_000_000, "minute"),
        (1_000_000, "second"),
        (1_000, "millisecond"),
    ];
    let found = units.iter().find(|(size, _)| micros % size == 0);
    found.map_or((micros, "microsecond"), |(size, name)| {
        (micros / size, name)
    })
}
