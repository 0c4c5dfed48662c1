//! Years 1 to 9999.

use super::error::TimeError;

/// Microseconds in a day.
pub const MICROS_PER_DAY: i64 = 86_400_000_000;
/// Microseconds in a second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// 0001-01-01 as days since 1970-01-01.
pub const DATE_MIN: i32 = -719_162;
/// 9999-12-31 as days since 1970-01-01.
pub const DATE_MAX: i32 = 2_932_896;
/// 0001-01-01T00:00:00Z in microseconds.
pub const TIMESTAMP_MIN: i64 = DATE_MIN as i64 * MICROS_PER_DAY;
/// 9999-12-31T23:59:59.999999Z in microseconds.
pub const TIMESTAMP_MAX: i64 = (DATE_MAX as i64 + 1) * MICROS_PER_DAY - 1;

/// Checks that a day lies in years 1 to 9999.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside.
pub fn check_date(days: i32) -> Result<i32, TimeError> {
    if (DATE_MIN..=DATE_MAX).contains(&days) {
        return Ok(days);
    }
    Err(TimeError::OutOfRange)
}

/// Checks that an instant, or a local time in microseconds, lies in years 1 to 9999.
///
/// # Errors
/// [`TimeError::OutOfRange`] outside.
pub fn check_timestamp(micros: i64) -> Result<i64, TimeError> {
    if (TIMESTAMP_MIN..=TIMESTAMP_MAX).contains(&micros) {
        return Ok(micros);
    }
    Err(TimeError::OutOfRange)
}
