//! Dates and timestamps as text, both ways. Strict: what is not in the grammar is an error.
//!
//! | text | grammar |
//! | --- | --- |
//! | date | `YYYY-MM-DD` |
//! | timestamp | date, then `T`, `t` or a blank and `HH:MM[:SS[.f…]]` with an optional offset |
//! | offset | `Z`, `z`, `±HH`, `±HH:MM` or `±HHMM`, a blank before it is allowed |
//!
//! A bare date is a timestamp too: its local midnight. Fractions have 1 to 9 digits; what is below
//! a microsecond is cut.

use chrono::{Datelike, NaiveDate};

use super::{
    MICROS_PER_DAY, MICROS_PER_SECOND,
    calendar::{date_of, days_of},
    check_date, check_timestamp,
    error::TimeError,
};

/// A timestamp as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampText {
    /// With an offset: UTC microseconds.
    Instant(i64),
    /// Without an offset: local microseconds, in a zone that the reader knows.
    Local(i64),
}

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// [`TimeError::Date`], [`TimeError::OutOfRange`] for year 0.
pub fn parse_date(text: &str) -> Result<i32, TimeError> {
    let mut cursor = Cursor(text.as_bytes());
    let days = cursor.date().filter(|_| cursor.0.is_empty());
    check_date(days.ok_or_else(|| TimeError::Date { text: cut(text) })?)
}

/// Reads a timestamp, or a date as its local midnight.
///
/// # Errors
/// [`TimeError::Timestamp`], [`TimeError::OutOfRange`] outside years 1 to 9999.
pub fn parse_timestamp(text: &str) -> Result<TimestampText, TimeError> {
    let mut cursor = Cursor(text.as_bytes());
    let parts = cursor.timestamp().filter(|_| cursor.0.is_empty());
    let (local, offset) = parts.ok_or_else(|| TimeError::Timestamp { text: cut(text) })?;
    let Some(offset_seconds) = offset else {
        return check_timestamp(local).map(TimestampText::Local);
    };
    check_timestamp(local - offset_seconds * MICROS_PER_SECOND).map(TimestampText::Instant)
}

/// `YYYY-MM-DD`. Days outside years 1 to 9999 are written as a number of days.
pub fn print_date(days: i32) -> String {
    match check_date(days).and_then(date_of) {
        Ok(date) => format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        Err(_) => format!("day {days}"),
    }
}

/// RFC 3339 in UTC: `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`.
pub fn print_timestamp(micros: i64) -> String {
    format!("{}Z", print_clock(micros, 'T'))
}

/// `YYYY-MM-DD HH:MM:SS[.ffffff]`, of local microseconds.
pub fn print_local_timestamp(micros: i64) -> String {
    print_clock(micros, ' ')
}

fn print_clock(micros: i64, between: char) -> String {
    let day = print_date(micros.div_euclid(MICROS_PER_DAY) as i32);
    let clock = micros.rem_euclid(MICROS_PER_DAY);
    let (seconds, fraction) = (clock / MICROS_PER_SECOND, clock % MICROS_PER_SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{day}{between}{hour:02}:{minute:02}:{second:02}");
    if fraction != 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    text
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// What is left to read. Every reader answers `None` where the text does not fit.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn date(&mut self) -> Option<i32> {
        let year = self.number(4)?;
        self.one_of(b"-")?;
        let month = self.number(2)?;
        self.one_of(b"-")?;
        let day = self.number(2)?;
        NaiveDate::from_ymd_opt(year as i32, month as u32, day as u32).map(days_of)
    }

    /// (local microseconds, offset in seconds).
    fn timestamp(&mut self) -> Option<(i64, Option<i64>)> {
        let midnight = i64::from(self.date()?) * MICROS_PER_DAY;
        if self.0.is_empty() {
            return Some((midnight, None));
        }
        self.one_of(b"Tt ")?;
        let clock = self.clock()?;
        Some((midnight + clock, self.offset()?))
    }

    fn clock(&mut self) -> Option<i64> {
        let hour = self.number(2).filter(|h| *h < 24)?;
        self.one_of(b":")?;
        let minute = self.number(2).filter(|m| *m < 60)?;
        let mut micros = (hour * 3600 + minute * 60) * MICROS_PER_SECOND;
        if self.one_of(b":").is_some() {
            micros += self.number(2).filter(|s| *s < 60)? * MICROS_PER_SECOND;
            if self.one_of(b".").is_some() {
                micros += self.fraction()?;
            }
        }
        Some(micros)
    }

    fn fraction(&mut self) -> Option<i64> {
        let (mut micros, mut unit, mut digits) = (0, MICROS_PER_SECOND / 10, 0);
        while let Some(digit) = self.number(1) {
            micros += digit * unit;
            unit /= 10;
            digits += 1;
        }
        (1..=9).contains(&digits).then_some(micros)
    }

    /// `Some(None)`: the text ends without an offset.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let _blank = self.one_of(b" ");
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(Some(0)),
        };
        let hours = self.number(2).filter(|h| *h < 24)?;
        if self.0.is_empty() {
            return Some(Some(sign * hours * 3600));
        }
        let _colon = self.one_of(b":");
        let minutes = self.number(2).filter(|m| *m < 60)?;
        Some(Some(sign * (hours * 3600 + minutes * 60)))
    }

    /// Exactly `digits` ASCII digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        let mut value = 0;
        for byte in head {
            value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        self.0 = rest;
        Some(value)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }
}
