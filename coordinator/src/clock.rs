//! The wall clock: the only place of this crate that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

/// UTC microseconds since 1970-01-01; 0 for a clock before that.
pub(crate) fn now_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
