//! The ordered feed of applied entries.
//!
//! A subscriber first subscribes, then reads the catalog, then skips every event at or below the
//! catalog's position. After [`FeedEvent::Missed`] it does the last two again.

use std::sync::Arc;

use tagma_core::catalog::{Entry, Outcome};
use tagma_core::{LogIndex, Term};
use tokio::sync::broadcast::{self, error::RecvError};

/// Entries that a slow subscriber may be behind before it misses some.
pub(super) const CAPACITY: usize = 1_024;

/// An entry and what it led to.
#[derive(Debug, Clone)]
pub struct AppliedEntry {
    /// Its position. Positions rise; those of blank and membership entries do not occur.
    pub index: LogIndex,
    /// Its term.
    pub term: Term,
    /// The entry.
    pub entry: Arc<Entry>,
    /// What it led to.
    pub outcome: Arc<Outcome>,
}

/// What a subscriber is told.
#[derive(Debug, Clone)]
pub enum FeedEvent {
    /// The next entry. The catalog already contains it.
    Applied(AppliedEntry),
    /// Entries are missing from the feed: read the catalog again.
    Missed,
}

/// A subscription.
#[derive(Debug)]
pub struct Feed {
    receiver: broadcast::Receiver<FeedEvent>,
}

impl Feed {
    pub(super) fn new(receiver: broadcast::Receiver<FeedEvent>) -> Self {
        Self { receiver }
    }

    /// The next event; `None` when the node has stopped. Safe to cancel.
    pub async fn next(&mut self) -> Option<FeedEvent> {
        match self.receiver.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => {
                // From here on, so that nothing older follows what the subscriber reads now.
                self.receiver = self.receiver.resubscribe();
                Some(FeedEvent::Missed)
            }
            Err(RecvError::Closed) => None,
        }
    }
}
