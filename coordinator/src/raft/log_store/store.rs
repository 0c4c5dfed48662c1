//! The log of one node: its file, and the record kept in memory.
//!
//! Owns the order of writes. Blocking work runs on the blocking pool, so that the consensus loop
//! never waits for the disk with a thread.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::database::{Change, Database};
use super::files;
use super::record::Record;
use crate::raft::error::{Error, Result};
use crate::raft::types::{LogId, RaftEntry, Vote};

/// Name of the log file.
const FILE: &str = "log.redb";

/// Handle on the log; clones share it.
#[derive(Clone)]
pub(crate) struct LogStore {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    /// What readers see; replaced after each write.
    record: Mutex<Record>,
    /// Held while a write is under way.
    writing: Mutex<()>,
}

impl LogStore {
    /// Opens the log in `folder`, or creates it there.
    ///
    /// # Errors
    /// Foreign if it is another node's or cluster's, Corrupt kinds if it is damaged.
    pub(crate) fn open(folder: &Path, cluster_id: &str, node_id: u64) -> Result<Self> {
        files::create_folder(folder)?;
        let initial = Record::new(cluster_id, node_id);
        let (database, record) = Database::open(&folder.join(FILE), &initial)?;
        let shared = Shared {
            database,
            record: Mutex::new(record),
            writing: Mutex::new(()),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The last vote.
    pub(super) fn vote(&self) -> Option<Vote> {
        self.shared.record.lock().vote()
    }

    /// The last entry known to be committed.
    pub(super) fn committed(&self) -> Option<LogId> {
        self.shared.record.lock().committed()
    }

    /// The last removed and the last present entry.
    pub(super) fn ends(&self) -> (Option<LogId>, Option<LogId>) {
        let record = self.shared.record.lock();
        (record.purged(), record.last())
    }

    /// Notes what is committed. It reaches the disk with the next write or [`LogStore::flush`]:
    /// after a crash a node knows a little less of what is committed, which the leader, or its own
    /// election, tells it again.
    pub(super) fn note_committed(&self, committed: Option<LogId>) {
        self.shared.record.lock().set_committed(committed);
    }

    /// Makes everything noted durable.
    pub(crate) async fn flush(&self) -> Result<()> {
        self.write(|_| Ok(Change::Record)).await
    }

    pub(super) async fn save_vote(&self, vote: Vote) -> Result<()> {
        self.write(move |record| {
            record.set_vote(vote);
            Ok(Change::Record)
        })
        .await
    }

    pub(super) async fn append(&self, entries: Vec<RaftEntry>) -> Result<()> {
        self.write(move |record| {
            for entry in &entries {
                let index = entry.log_id.index;
                record
                    .push(entry.log_id)
                    .map_err(|expected| Error::Stopped {
                        reason: format!("entry {index} was to be stored in place of {expected}"),
                    })?;
            }
            Ok(Change::Append(entries))
        })
        .await
    }

    /// Removes everything after `last`.
    pub(super) async fn truncate(&self, last: Option<LogId>) -> Result<()> {
        self.write(move |record| {
            let removed = super::record::next(last)..u64::MAX;
            record.truncate(last);
            Ok(Change::Remove(removed))
        })
        .await
    }

    /// Removes everything up to `upto`, inclusive.
    pub(super) async fn purge(&self, upto: LogId) -> Result<()> {
        self.write(move |record| {
            record.set_purged(upto);
            Ok(Change::Remove(0..upto.index + 1))
        })
        .await
    }

    /// Entries of `range` that are present, at most about `bytes` bytes, at least one.
    pub(super) async fn read(&self, range: Range<u64>, bytes: usize) -> Result<Vec<RaftEntry>> {
        let shared = self.shared.clone();
        blocking(move || shared.database.entries(range, bytes)).await
    }

    /// Reads every entry once, so that damage is found at start.
    pub(crate) async fn verify(&self) -> Result<()> {
        let shared = self.shared.clone();
        blocking(move || shared.database.verify()).await
    }

    /// One durable write: `edit` changes a copy of the record and says what goes with it.
    async fn write<F>(&self, edit: F) -> Result<()>
    where
        F: FnOnce(&mut Record) -> Result<Change> + Send + 'static,
    {
        let shared = self.shared.clone();
        blocking(move || shared.write(edit)).await
    }
}

impl Shared {
    fn write(&self, edit: impl FnOnce(&mut Record) -> Result<Change>) -> Result<()> {
        let _one_at_a_time = self.writing.lock();
        let mut record = self.record.lock().clone();
        let change = edit(&mut record)?;
        self.database.write(&record, &change)?;
        let mut current = self.record.lock();
        record.set_committed(current.committed().max(record.committed()));
        *current = record;
        Ok(())
    }
}

/// Runs blocking work; a panic in it is an error of the consensus.
pub(super) async fn blocking<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| {
        Err(Error::Stopped {
            reason: format!("disk task: {error}"),
        })
    })
}
