//! Time zones by IANA name, and the two directions between local time and instants.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::{check_timestamp, error::TimeError};
use crate::segment::nearest;

/// A time zone of the IANA list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// UTC.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The zone of that IANA name (`Asia/Shanghai`, `UTC`).
///
/// # Errors
/// [`TimeError::Zone`] with the nearest known name.
pub fn zone(name: &str) -> Result<Zone, TimeError> {
    Tz::from_str(name).map(Zone).map_err(|_| TimeError::Zone {
        name: name.chars().take(64).collect(),
        nearest: nearest(name, TZ_VARIANTS.iter().map(|tz| tz.name())).map(str::to_owned),
    })
}

/// Local microseconds of an instant.
///
/// # Errors
/// [`TimeError::OutOfRange`] where instant or local time is outside years 1 to 9999.
pub fn utc_to_local(micros: i64, zone: Zone) -> Result<i64, TimeError> {
    let utc = naive(check_timestamp(micros)?)?;
    let offset = zone.0.offset_from_utc_datetime(&utc).fix();
    let local = micros + i64::from(offset.local_minus_utc()) * super::MICROS_PER_SECOND;
    check_timestamp(local)
}

/// The instant of local microseconds: the earlier of two, and past the gap where there is none.
///
/// # Errors
/// [`TimeError::OutOfRange`] where instant or local time is outside years 1 to 9999.
pub fn local_to_utc(micros: i64, zone: Zone) -> Result<i64, TimeError> {
    let local = naive(check_timestamp(micros)?)?;
    let seconds_ahead = match zone.0.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset.fix().local_minus_utc(),
        // The greater offset gives the earlier instant.
        LocalResult::Ambiguous(a, b) => a.fix().local_minus_utc().max(b.fix().local_minus_utc()),
        // The offset before the gap places the time as far behind the gap as it was inside.
        LocalResult::None => {
            let before = local.checked_sub_days(Days::new(1)).unwrap_or(local);
            let offset = zone.0.offset_from_utc_datetime(&before).fix();
            offset.local_minus_utc()
        }
    };
    check_timestamp(micros - i64::from(seconds_ahead) * super::MICROS_PER_SECOND)
}

fn naive(micros: i64) -> Result<NaiveDateTime, TimeError> {
    DateTime::UNIX_EPOCH
        .naive_utc()
        .checked_add_signed(TimeDelta::microseconds(micros))
        .ok_or(TimeError::OutOfRange)
}
