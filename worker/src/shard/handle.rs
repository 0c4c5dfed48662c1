//! `Shard`: the handle that tail, upkeep and readers share.
//!
//! Owns the exchange of snapshots and who is woken by it. Does no IO.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tagma_core::schema::Name;
use tagma_core::{LogIndex, ShardEpoch, ShardId};
use tagma_sql::run::RunMeta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::error::Error;
use super::section::Section;
use super::state::{OutOfStep, ShardState};

/// How a shard is doing.
#[derive(Debug, Clone)]
pub enum Status {
    /// It follows the journal.
    Running,
    /// It stands still at its applied index; what is below can still be read.
    Stopped(Arc<Error>),
}

impl Status {
    /// Why it stands still, with all causes; `None`: it does not.
    pub fn reason(&self) -> Option<String> {
        let Self::Stopped(error) = self else {
            return None;
        };
        let mut reason = error.to_string();
        let mut cause = std::error::Error::source(error.as_ref());
        while let Some(inner) = cause {
            reason = format!("{reason}: {inner}");
            cause = inner.source();
        }
        Some(reason)
    }
}

/// One owned shard under one epoch.
#[derive(Debug)]
pub struct Shard {
    id: ShardId,
    epoch: ShardEpoch,
    state: ArcSwap<ShardState>,
    /// Held while a next state is made of the current one.
    writing: Mutex<Option<Instant>>,
    news: watch::Sender<(LogIndex, Status)>,
    closed: CancellationToken,
    /// Key of the newest manifest that this worker has put for the shard.
    proposed: Mutex<Option<String>>,
}

impl Shard {
    /// A shard that starts from `state`.
    pub fn new(id: ShardId, epoch: ShardEpoch, state: ShardState) -> Self {
        let (news, _) = watch::channel((state.applied, Status::Running));
        Self {
            id,
            epoch,
            state: ArcSwap::from_pointee(state),
            writing: Mutex::new(None),
            news,
            closed: CancellationToken::new(),
            proposed: Mutex::new(None),
        }
    }

    /// Its number.
    pub fn id(&self) -> ShardId {
        self.id
    }

    /// The epoch under which it is owned.
    pub fn epoch(&self) -> ShardEpoch {
        self.epoch
    }

    /// The newest snapshot.
    pub fn state(&self) -> Arc<ShardState> {
        self.state.load_full()
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.news.borrow().1.clone()
    }

    /// Applied index and status, whenever one changes.
    pub fn news(&self) -> watch::Receiver<(LogIndex, Status)> {
        self.news.subscribe()
    }

    /// Cancelled when the shard is owned no longer.
    pub fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    /// Notes the key of a manifest before it is committed.
    pub fn propose(&self, key: &str) {
        *self.proposed.lock() = Some(key.to_owned());
    }

    /// Whether a manifest that stands goes further than what is known here and is not of this
    /// handle: then the shard was opened from one that was out of date, the journal in between may
    /// be gone, and the shard must be opened anew.
    pub fn is_behind(&self, manifest: Option<&str>, flushed: LogIndex) -> bool {
        let proposed = self.proposed.lock();
        flushed > self.state.load().flushed && manifest != proposed.as_deref()
    }

    /// Since when something waits to be flushed.
    pub fn unflushed_since(&self) -> Option<Instant> {
        *self.writing.lock()
    }

    /// Applies an entry; readers see it from here on.
    ///
    /// # Errors
    /// `OutOfStep`; nothing has changed then.
    pub fn apply(&self, index: LogIndex, section: Section) -> Result<(), OutOfStep> {
        let mut since = self.writing.lock();
        let next = self.state.load().with_entry((self.id, index), section)?;
        since.get_or_insert_with(Instant::now);
        self.publish(next);
        Ok(())
    }

    /// Learns that nothing else comes up to `through`.
    pub fn advance(&self, through: LogIndex) {
        let _writing = self.writing.lock();
        let state = self.state.load();
        if through > state.applied {
            self.publish(state.through(through));
        }
    }

    /// Puts `runs` in the place of the rows up to `before.applied`, which they hold.
    pub fn flushed(&self, before: &ShardState, runs: &BTreeMap<Name, Vec<Arc<RunMeta>>>) {
        let mut since = self.writing.lock();
        let state = self.state.load();
        let next = state.with_flush(before.applied, before.unflushed, runs);
        *since = (next.unflushed > 0).then(Instant::now);
        self.publish(next);
    }

    /// Puts `merged` in the place of the runs with the keys `inputs`.
    pub fn merged(&self, table: &Name, inputs: &[String], merged: Arc<RunMeta>) {
        let _writing = self.writing.lock();
        self.publish(self.state.load().with_merge(table, inputs, merged));
    }

    /// Forgets what only indexes below `oldest` need.
    pub fn raise_floor(&self, oldest: LogIndex) {
        let _writing = self.writing.lock();
        let state = self.state.load();
        if oldest.min(state.applied) > state.floor() {
            self.publish(state.with_floor(oldest));
        }
    }

    /// Stands still from here on.
    pub fn stop(&self, error: Error) {
        let stopped = Status::Stopped(Arc::new(error));
        self.news.send_modify(|news| news.1 = stopped);
    }

    fn publish(&self, next: ShardState) {
        let applied = next.applied;
        self.state.store(Arc::new(next));
        self.news.send_if_modified(|news| {
            let moved = news.0 != applied;
            news.0 = applied;
            moved
        });
    }
}
