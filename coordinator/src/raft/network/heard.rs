//! When a leader was last heard.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Time of the last message of a leader that this node has accepted.
#[derive(Debug, Default)]
pub(crate) struct LeaderHeard {
    last: Mutex<Option<Instant>>,
}

impl LeaderHeard {
    /// A leader spoke at `at`.
    pub(crate) fn heard(&self, at: Instant) {
        let mut last = self.last.lock();
        *last = Some(last.map_or(at, |last| last.max(at)));
    }

    /// For how long none has been heard at `now`; `None`: never.
    pub(crate) fn silence(&self, now: Instant) -> Option<Duration> {
        let last = *self.last.lock();
        last.map(|last| now.saturating_duration_since(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_from_the_last_word() {
        let heard = LeaderHeard::default();
        let start = Instant::now();
        let second = Duration::from_secs(1);
        assert_eq!(heard.silence(start), None);
        heard.heard(start + second);
        heard.heard(start);
        assert_eq!(heard.silence(start + second * 4), Some(second * 3));
        assert_eq!(heard.silence(start), Some(Duration::ZERO));
    }
}
