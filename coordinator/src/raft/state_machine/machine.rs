//! openraft's state machine over the catalog.

use std::io;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use openraft::EntryPayload;
use openraft::storage::{ApplyResponder, EntryResponder, RaftStateMachine};
use tagma_core::catalog::{Catalog, Outcome};
use tagma_core::{LogIndex, Term};
use tagma_store::crash_point;

use super::builder::Builder;
use super::feed::AppliedEntry;
use super::published::{Position, Published};
use crate::raft::error::{Error, Result, chain};
use crate::raft::log_store::{SnapshotHeader, SnapshotImage, Snapshots};
use crate::raft::types::{
    EntryBytes, LogId, RaftEntry, Reply, Snapshot, SnapshotMeta, StoredMembership, TypeConfig,
};

/// The live state of one node.
pub(crate) struct StateMachine {
    catalog: Catalog,
    last: Option<LogId>,
    term_start: LogIndex,
    membership: StoredMembership,
    snapshots: Snapshots,
    published: Arc<Published>,
}

/// Entries applied and not yet published.
#[derive(Default)]
struct Batch {
    entries: Vec<AppliedEntry>,
    replies: Vec<(ApplyResponder<TypeConfig>, Reply)>,
}

impl StateMachine {
    /// An empty state; openraft restores it from the newest snapshot and the log.
    pub(crate) fn new(snapshots: Snapshots, published: Arc<Published>) -> Self {
        Self {
            catalog: Catalog::default(),
            last: None,
            term_start: LogIndex::ZERO,
            membership: StoredMembership::default(),
            snapshots,
            published,
        }
    }

    fn position(&self) -> Position {
        self.last.map_or_else(Position::default, |last| Position {
            index: LogIndex(last.index),
            term: Term(last.leader_id.term),
            term_start: self.term_start,
        })
    }

    fn apply_one(
        &mut self,
        entry: RaftEntry,
        responder: Option<ApplyResponder<TypeConfig>>,
        batch: &mut Batch,
    ) -> Result<()> {
        crash_point("apply.before");
        let id = entry.log_id;
        let outcome = match entry.payload {
            EntryPayload::Blank => self.pass(id),
            EntryPayload::Membership(membership) => {
                self.membership = StoredMembership::new(Some(id), membership);
                self.pass(id)
            }
            EntryPayload::Normal(command) => Some(self.command(id, &command, batch)?),
        };
        self.moved_to(id);
        crash_point("apply.after_catalog");
        if let Some(responder) = responder {
            batch.replies.push((responder, Reply(outcome)));
        }
        Ok(())
    }

    /// An entry that says nothing to the catalog. The one at 0 comes before the first index.
    fn pass(&mut self, id: LogId) -> Option<Outcome> {
        if id.index > 0 {
            self.catalog
                .pass(LogIndex(id.index), Term(id.leader_id.term));
        }
        None
    }

    fn command(&mut self, id: LogId, command: &EntryBytes, batch: &mut Batch) -> Result<Outcome> {
        let entry = command.decode().map_err(|error| Error::Stopped {
            reason: format!(
                "log entry {} cannot be applied: {}",
                id.index,
                chain(&error)
            ),
        })?;
        let (index, term) = (LogIndex(id.index), Term(id.leader_id.term));
        let outcome = self.catalog.apply(index, term, &entry);
        batch.entries.push(AppliedEntry {
            index,
            term,
            entry: Arc::new(entry),
            outcome: Arc::new(outcome.clone()),
        });
        Ok(outcome)
    }

    fn moved_to(&mut self, id: LogId) {
        if self.last.is_none_or(|last| last.leader_id != id.leader_id) {
            self.term_start = LogIndex(id.index);
        }
        self.last = Some(id);
    }

    fn publish(&self, batch: Batch) {
        self.published
            .advance(&self.catalog, batch.entries, self.position());
        for (responder, reply) in batch.replies {
            responder.send(reply);
        }
    }
}

impl RaftStateMachine<TypeConfig> for StateMachine {
    type SnapshotData = SnapshotImage;
    type SnapshotBuilder = Builder;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, StoredMembership)> {
        Ok((self.last, self.membership.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> io::Result<()>
    where
        S: Stream<Item = io::Result<EntryResponder<TypeConfig>>> + Unpin + Send,
    {
        let mut batch = Batch::default();
        let mut outcome = Ok(());
        while let Some(next) = entries.next().await {
            outcome = match next {
                Ok((entry, responder)) => self
                    .apply_one(entry, responder, &mut batch)
                    .map_err(Into::into),
                Err(error) => Err(error),
            };
            if outcome.is_err() {
                break;
            }
        }
        self.publish(batch);
        outcome
    }

    async fn get_snapshot_builder(&mut self) -> Builder {
        let meta = SnapshotMeta {
            last_log_id: self.last,
            last_membership: self.membership.clone(),
        };
        let header = SnapshotHeader::new(self.snapshots.cluster_id(), &meta, self.term_start);
        Builder::new(self.catalog.clone(), header, self.snapshots.clone())
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta,
        image: SnapshotImage,
    ) -> io::Result<()> {
        let (catalog, image) = decode(image).await?;
        self.term_start = image.header().term_start;
        self.snapshots.keep(image).await?;
        self.catalog = catalog;
        self.last = meta.last_log_id;
        self.membership = meta.last_membership.clone();
        self.published.replace(&self.catalog, self.position());
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> io::Result<Option<Snapshot>> {
        let newest = self.snapshots.newest().await?;
        Ok(newest.map(|image| Snapshot {
            meta: image.meta().clone(),
            snapshot: image,
        }))
    }
}

/// Decodes aside: a large catalog must not hold up heartbeats.
async fn decode(image: SnapshotImage) -> io::Result<(Catalog, SnapshotImage)> {
    let decoding = tokio::task::spawn_blocking(move || Ok((image.catalog()?, image)));
    let decoded: crate::raft::codec::Result<_> = decoding.await?;
    decoded.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, chain(&error)))
}
