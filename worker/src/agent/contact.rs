//! When a live leader was last heard of.
//!
//! Owns the rule that a worker that hears of no leader answers nothing: its shards may be
//! another's by now, and a person asked about may be erased. A coordinator that has lost its
//! leader itself is no contact.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Time of the last sign of life of a leader, told by any coordinator.
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

    /// A coordinator that was asked at `asked` had heard of a leader `silence` ago; `None`: never.
    pub fn told(&self, asked: Instant, silence: Option<Duration>) {
        let Some(heard) = silence.and_then(|silence| asked.checked_sub(silence)) else {
            return;
        };
        let mut last = self.last.lock();
        *last = Some(last.map_or(heard, |last| last.max(heard)));
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
        let now = Some(Duration::ZERO);
        contact.told(start, now);
        assert!(contact.is_fresh(start + Duration::from_millis(4_999)));
        assert!(!contact.is_fresh(start + Duration::from_secs(5)));
        contact.told(start + Duration::from_secs(6), now);
        contact.told(start, now);
        assert!(contact.is_fresh(start + Duration::from_secs(10)));
    }

    #[test]
    fn a_coordinator_without_a_leader_is_no_contact() {
        let contact = Contact::new(Duration::from_secs(5));
        let start = Instant::now() + Duration::from_secs(60);
        contact.told(start, None);
        assert!(!contact.is_fresh(start));
        contact.told(start, Some(Duration::from_secs(5)));
        assert!(!contact.is_fresh(start), "it has lost its leader, too");
        contact.told(start, Some(Duration::from_secs(4)));
        assert!(contact.is_fresh(start));
        contact.told(start + Duration::from_secs(2), Some(Duration::from_secs(6)));
        assert!(!contact.is_fresh(start + Duration::from_secs(2)));
    }
}
