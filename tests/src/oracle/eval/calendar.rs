//! The local calendar: instants to local time and back, midnights, steps.
//!
//! A local time that a zone has twice is the earlier instant; one that it skips is read with the
//! offset in force before the gap. Days, instants and local times lie in years 1 to 9999; where one
//! would not, there is no value but an error.

use chrono::{DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime};
use chrono::{Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use tagma_core::segment::Interval;

use crate::oracle::OracleError;

/// 1970-01-01 in days from the calendar's first of January of year 1, plus one.
const EPOCH_FROM_CE: i32 = 719_163;

/// The day with that number; chrono's range is far wider than years 0 to 10000.
pub(super) fn day_to_date(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day.checked_add(EPOCH_FROM_CE)?)
}

pub(super) fn date_to_day(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// A day within years 1 to 9999.
pub(super) fn checked_day(date: NaiveDate) -> Result<i32, OracleError> {
    match date.year() {
        1..=9999 => Ok(date_to_day(date)),
        _ => Err(OracleError::OutOfTime),
    }
}

/// An instant within years 1 to 9999, UTC.
pub(super) fn checked_instant(micros: i64) -> Result<i64, OracleError> {
    let utc = DateTime::from_timestamp_micros(micros).ok_or(OracleError::OutOfTime)?;
    match utc.year() {
        1..=9999 => Ok(micros),
        _ => Err(OracleError::OutOfTime),
    }
}

/// What clocks in `zone` show at an instant; they show no year but 1 to 9999.
pub(super) fn to_local(micros: i64, zone: Tz) -> Result<NaiveDateTime, OracleError> {
    let utc = DateTime::from_timestamp_micros(micros).ok_or(OracleError::OutOfTime)?;
    let local = utc.with_timezone(&zone).naive_local();
    checked_day(local.date())?;
    Ok(local)
}

/// The instant at which clocks in `zone` show `local`.
pub(super) fn to_instant(local: NaiveDateTime, zone: Tz) -> Result<i64, OracleError> {
    checked_day(local.date())?;
    checked_instant(match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => at.timestamp_micros(),
        MappedLocalTime::Ambiguous(a, b) => a.timestamp_micros().min(b.timestamp_micros()),
        MappedLocalTime::None => {
            let offset = i64::from(offset_before_gap(local, zone));
            local.and_utc().timestamp_micros() - offset * 1_000_000
        }
    })
}

/// The offset in seconds that was in force just before the gap that holds `local`.
fn offset_before_gap(local: NaiveDateTime, zone: Tz) -> i32 {
    let mut earlier = local;
    loop {
        earlier -= TimeDelta::minutes(15);
        if let Some(at) = zone.from_local_datetime(&earlier).latest() {
            return at.offset().fix().local_minus_utc();
        }
    }
}

/// Months on the calendar (the end of a month clamps), then days.
pub(super) fn step(local: NaiveDateTime, by: Interval) -> Result<NaiveDateTime, OracleError> {
    let months = Months::new(by.months.unsigned_abs());
    let days = Days::new(u64::from(by.days.unsigned_abs()));
    let stepped = if by.months < 0 {
        local.checked_sub_months(months)
    } else {
        local.checked_add_months(months)
    };
    let stepped = stepped.and_then(|local| {
        if by.days < 0 {
            local.checked_sub_days(days)
        } else {
            local.checked_add_days(days)
        }
    });
    stepped.ok_or(OracleError::OutOfTime)
}
