//! Days, instants and calendars: days and microseconds since 1970-01-01, years 1 to 9999.
//!
//! Owns reading and writing of dates and timestamps, time zones, and every step on a local
//! calendar. Must not read a clock.
//!
//! Local times that do not exist (clocks put forward) move forward by the length of the gap; local
//! times that exist twice (clocks put back) mean the earlier instant.

mod bounds;
mod calendar;
mod error;
mod text;
mod zone;

pub use self::bounds::{
    DATE_MAX, DATE_MIN, MICROS_PER_DAY, MICROS_PER_SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN,
    check_date, check_timestamp,
};
pub use self::calendar::{
    date_trunc_date, date_trunc_timestamp, days_between, local_date, local_midnight, shift,
    shift_date,
};
pub use self::error::TimeError;
pub use self::text::{
    TimestampText, parse_date, parse_timestamp, print_date, print_local_timestamp, print_timestamp,
};
pub use self::zone::{Zone, local_to_utc, utc_to_local, zone};

#[cfg(test)]
mod tests;
