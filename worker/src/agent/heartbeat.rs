//! Heartbeats: one loop per coordinator, so that a slow one delays no other.
//!
//! Owns which answer counts: the one from the newest catalog. Older ones are proof of life only.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tagma_store::crash_point;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::contact::Contact;
use super::home::{Beat, BeatAnswer, Home, Registration};
use super::owned::Owned;

/// What the loops share.
pub struct Heartbeats {
    /// The coordinators.
    pub home: Arc<dyn Home>,
    /// Who this worker is.
    pub registration: Registration,
    /// Where coordinators reach it.
    pub address: String,
    /// How often each coordinator is told.
    pub interval: Duration,
    /// Its shards.
    pub owned: Arc<Owned>,
    /// When a live leader was last heard of.
    pub contact: Arc<Contact>,
    /// The newest answer.
    pub answers: watch::Sender<Arc<BeatAnswer>>,
}

impl Heartbeats {
    /// Tells one coordinator again and again, until `stop`.
    pub async fn run(&self, coordinator: usize, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            crash_point("apply.before_report");
            let asked = Instant::now();
            let answer = tokio::select! {
                () = stop.cancelled() => return,
                answer = self.home.heartbeat(coordinator, self.beat()) => answer,
            };
            crash_point("apply.after_report");
            match answer {
                Ok(answer) => {
                    silent = false;
                    self.contact.told(asked, answer.leader_silence);
                    accept(&self.answers, answer);
                }
                Err(error) if !silent => {
                    silent = true;
                    tracing::warn!(coordinator, %error, "coordinator does not answer heartbeats");
                }
                Err(_) => {}
            }
        }
    }

    fn beat(&self) -> Beat {
        Beat {
            cluster_id: self.registration.cluster_id.clone(),
            node: self.registration.node,
            address: self.address.clone(),
            shards: self.owned.progress(),
        }
    }
}

/// Takes an answer unless a newer one was taken before.
fn accept(answers: &watch::Sender<Arc<BeatAnswer>>, answer: BeatAnswer) {
    answers.send_if_modified(|newest| {
        let newer = answer.applied >= newest.applied;
        if newer {
            *newest = Arc::new(answer);
        }
        newer
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use tagma_core::LogIndex;

    #[test]
    fn older_answers_are_ignored() {
        let (answers, mut seen) = watch::channel(Arc::default());
        let at = |index| BeatAnswer {
            applied: LogIndex(index),
            ..BeatAnswer::default()
        };
        accept(&answers, at(5));
        assert!(seen.has_changed().expect("open"));
        seen.borrow_and_update();
        accept(&answers, at(4));
        assert!(!seen.has_changed().expect("open"));
        assert_eq!(answers.borrow().applied, LogIndex(5));
    }
}
