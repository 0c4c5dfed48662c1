//! The time limit of a run: looked at before each step, and while it waits.

use std::future::Future;

use tokio::time::{Instant, timeout_at};

use super::error::Error;
use super::job::TagSpec;

/// When the run must have ended.
pub(super) struct Deadline<'a> {
    spec: &'a TagSpec,
    at: Option<Instant>,
}

impl<'a> Deadline<'a> {
    pub(super) fn new(spec: &'a TagSpec) -> Self {
        // A limit beyond the clock's range is none.
        let at = spec
            .timeout
            .and_then(|limit| Instant::now().checked_add(limit));
        Self { spec, at }
    }

    /// What `step` gives, unless the time is over before.
    pub(super) async fn within<F: Future>(&self, step: F) -> Result<F::Output, Error> {
        let Some(at) = self.at else {
            return Ok(step.await);
        };
        if Instant::now() >= at {
            return Err(self.over());
        }
        timeout_at(at, step).await.map_err(|_| self.over())
    }

    fn over(&self) -> Error {
        Error::TimedOut {
            tag: self.spec.name.clone(),
            seconds: self.spec.timeout.unwrap_or_default().as_secs(),
        }
    }
}
