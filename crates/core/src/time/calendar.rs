//! Steps on the calendar: shifting, truncating, counting days.

use chrono::{Datelike, NaiveDate};

use super::{
    MICROS_PER_DAY, check_date, check_timestamp,
    error::TimeError,
    zone::{Zone, local_to_utc, utc_to_local},
};
use crate::segment::{DateUnit, Interval};

const MICROS_PER_HOUR: i64 = 3_600_000_000;
const MICROS_PER_MINUTE: i64 = 60_000_000;

/// The instant at which the local day begins.
///
/// # Errors
/// [`TimeError::OutOfRange`].
pub fn local_midnight(days: i32, zone: Zone) -> Result<i64, TimeError> {
    local_to_utc(i64::from(check_date(days)?) * MICROS_PER_DAY, zone)
}

/// The local day of an instant.
///
/// # Errors
/// [`TimeError::OutOfRange`].
pub fn local_date(micros: i64, zone: Zone) -> Result<i32, TimeError> {
    Ok(day_of(utc_to_local(micros, zone)?))
}

/// `micros` moved by months (clamped to the month's end), then days, both on the local calendar,
/// then by exact microseconds.
///
/// # Errors
/// [`TimeError::OutOfRange`] where a stage leaves years 1 to 9999.
pub fn shift(micros: i64, by: Interval, zone: Zone) -> Result<i64, TimeError> {
    let mut moved = check_timestamp(micros)?;
    if by.months != 0 || by.days != 0 {
        let local = utc_to_local(moved, zone)?;
        let day = shift_date(day_of(local), by.months, by.days)?;
        let clock = local.rem_euclid(MICROS_PER_DAY);
        moved = local_to_utc(i64::from(day) * MICROS_PER_DAY + clock, zone)?;
    }
    let moved = moved.checked_add(by.micros).ok_or(TimeError::OutOfRange)?;
    check_timestamp(moved)
}

/// A day moved by months (clamped to the month's end), then by days.
///
/// # Errors
/// [`TimeError::OutOfRange`] where a stage leaves years 1 to 9999.
pub fn shift_date(days: i32, months: i32, by_days: i32) -> Result<i32, TimeError> {
    let mut moved = check_date(days)?;
    if months != 0 {
        let date = date_of(moved)?;
        let months = i64::from(date.year()) * 12 + i64::from(date.month0()) + i64::from(months);
        let year = i32::try_from(months.div_euclid(12)).map_err(|_| TimeError::OutOfRange)?;
        let month = months.rem_euclid(12) as u32 + 1;
        moved = (1..=date.day())
            .rev()
            .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
            .map(days_of)
            .ok_or(TimeError::OutOfRange)?;
        check_date(moved)?;
    }
    check_date(moved.checked_add(by_days).ok_or(TimeError::OutOfRange)?)
}

/// The first day of the unit; units below a day leave the day as it is.
///
/// # Errors
/// [`TimeError::OutOfRange`].
pub fn date_trunc_date(unit: DateUnit, days: i32) -> Result<i32, TimeError> {
    let date = date_of(check_date(days)?)?;
    let first = match unit {
        DateUnit::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        DateUnit::Quarter => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
        DateUnit::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1),
        DateUnit::Week => {
            let since_monday = date.weekday().num_days_from_monday();
            return check_date(days - since_monday as i32);
        }
        DateUnit::Day | DateUnit::Hour | DateUnit::Minute => Some(date),
    };
    first.map(days_of).ok_or(TimeError::OutOfRange)
}

/// The instant at which the local unit that holds `micros` begins.
///
/// Hours and minutes are counted back from the instant itself, so that a repeated hour keeps its
/// two beginnings.
///
/// # Errors
/// [`TimeError::OutOfRange`].
pub fn date_trunc_timestamp(unit: DateUnit, micros: i64, zone: Zone) -> Result<i64, TimeError> {
    let local = utc_to_local(micros, zone)?;
    match unit {
        DateUnit::Hour => check_timestamp(micros - local.rem_euclid(MICROS_PER_HOUR)),
        DateUnit::Minute => check_timestamp(micros - local.rem_euclid(MICROS_PER_MINUTE)),
        _ => local_midnight(date_trunc_date(unit, day_of(local))?, zone),
    }
}

/// Local calendar days from one instant to another; negative when `to` is earlier.
///
/// # Errors
/// [`TimeError::OutOfRange`].
pub fn days_between(from: i64, to: i64, zone: Zone) -> Result<i32, TimeError> {
    Ok(local_date(to, zone)? - local_date(from, zone)?)
}

fn day_of(local_micros: i64) -> i32 {
    local_micros.div_euclid(MICROS_PER_DAY) as i32
}

pub(super) fn date_of(days: i32) -> Result<NaiveDate, TimeError> {
    NaiveDate::from_epoch_days(days).ok_or(TimeError::OutOfRange)
}

pub(super) fn days_of(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}
