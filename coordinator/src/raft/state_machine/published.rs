//! What the rest of the process sees of the state machine.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tagma_core::catalog::Catalog;
use tagma_core::{LogIndex, Term};
use tokio::sync::{broadcast, watch};

use super::feed::{AppliedEntry, CAPACITY, Feed, FeedEvent};

/// How far this node has applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// The last entry.
    pub(crate) index: LogIndex,
    /// Its term.
    pub(crate) term: Term,
    /// The first entry of that term.
    pub(crate) term_start: LogIndex,
}

/// The catalog for readers. Order of publication: catalog, feed, position, proposers.
pub(crate) struct Published {
    catalog: ArcSwap<Catalog>,
    feed: broadcast::Sender<FeedEvent>,
    position: watch::Sender<Position>,
    applied: watch::Sender<LogIndex>,
}

impl Published {
    pub(crate) fn new() -> Self {
        Self {
            catalog: ArcSwap::default(),
            feed: broadcast::Sender::new(CAPACITY),
            position: watch::Sender::default(),
            applied: watch::Sender::default(),
        }
    }

    /// The catalog at the last published position.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// The position, as it moves.
    pub(crate) fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// The applied index, as it moves.
    pub(crate) fn applied(&self) -> watch::Receiver<LogIndex> {
        self.applied.subscribe()
    }

    /// Everything applied from now on.
    pub(crate) fn subscribe(&self) -> Feed {
        Feed::new(self.feed.subscribe())
    }

    /// Publishes the state after a batch of entries.
    pub(super) fn advance(
        &self,
        catalog: &Catalog,
        entries: Vec<AppliedEntry>,
        position: Position,
    ) {
        self.catalog.store(Arc::new(catalog.clone()));
        for entry in entries {
            // Nobody may be listening.
            let _ = self.feed.send(FeedEvent::Applied(entry));
        }
        self.moved(position);
    }

    /// Publishes a state that came as a whole.
    pub(super) fn replace(&self, catalog: &Catalog, position: Position) {
        self.catalog.store(Arc::new(catalog.clone()));
        let _ = self.feed.send(FeedEvent::Missed);
        self.moved(position);
    }

    fn moved(&self, position: Position) {
        self.position.send_replace(position);
        self.applied.send_replace(position.index);
    }
}
