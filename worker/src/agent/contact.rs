//! When a coordinator was last heard.
//!
//! Owns the rule that a worker that hears nobody answers nothing: its shards may be another's by
//! now, and a person asked about may be erased.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Time of the last sign of life of any coordinator.
#[derive(Debug)]
pub struct Contact {
    last: Mutex<Option<Instant>>,
    limit: Duration,
}

impl Contact {
    /// Nobody was heard yet; contact is lost after `limit` of silence.
    pub fn new(limit: Duration) -> Self {
        Self {
            last: Mutex::new(None),
            limit,
        }
    }

    /// A coordinator was heard.
    pub fn heard(&self, now: Instant) {
        let mut last = self.last.lock();
        *last = Some(last.map_or(now, |last| last.max(now)));
    }

    /// Whether somebody was heard lately enough.
    pub fn is_fresh(&self, now: Instant) -> bool {
        let last = *self.last.lock();
        last.is_some_and(|last| now.saturating_duration_since(last) < self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_beyond_the_limit_is_no_contact() {
        let contact = Contact::new(Duration::from_secs(5));
        let start = Instant::now();
        assert!(!contact.is_fresh(start));
        contact.heard(start);
        assert!(contact.is_fresh(start + Duration::from_millis(4_999)));
        assert!(!contact.is_fresh(start + Duration::from_secs(5)));
        contact.heard(start + Duration::from_secs(6));
        contact.heard(start);
        assert!(contact.is_fresh(start + Duration::from_secs(10)));
    }
}
