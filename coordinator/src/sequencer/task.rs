//! The sequencer's task: leads while this node leads, refuses while it does not.

use std::{sync::Arc, time::Duration};

use tagma_core::{Term, catalog::Command};
use tagma_store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    handle::{QUEUE_REQUESTS, Request, SequencerHandle},
    lead::Lead,
};
use crate::{
    error::{Error, Result},
    identity::Directory,
    journal::JournalCache,
    raft::{Leadership, RaftNode},
    service::propose,
};

/// Pause after leading failed at once, as without a quorum.
const START_OVER_PAUSE: Duration = Duration::from_millis(50);

/// Owns the queue; at most one runs in a process.
pub(crate) struct Sequencer {
    pub(super) raft: RaftNode,
    pub(super) store: Store,
    pub(super) directory: Arc<Directory>,
    pub(super) journal: Arc<JournalCache>,
    pub(super) queue: mpsc::Receiver<Request>,
}

impl Sequencer {
    /// A sequencer and the way to reach it.
    pub(crate) fn new(
        raft: RaftNode,
        store: Store,
        directory: Arc<Directory>,
        journal: Arc<JournalCache>,
    ) -> (Self, SequencerHandle) {
        let (sender, queue) = mpsc::channel(QUEUE_REQUESTS);
        let sequencer = Self {
            raft,
            store,
            directory,
            journal,
            queue,
        };
        (sequencer, SequencerHandle::new(sender))
    }

    /// Runs until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.serve() => {}
        }
    }

    async fn serve(&mut self) {
        let mut leadership = self.raft.leadership();
        loop {
            let now = leadership.borrow_and_update().clone();
            if !now.is_leader {
                self.refuse_until_change(&mut leadership, &now).await;
                continue;
            }
            match self.lead(now.term).await {
                Ok(()) => info!(term = now.term.0, "sequencer stopped leading"),
                Err(error) => {
                    warn!(term = now.term.0, %error, "sequencer starts over");
                    tokio::time::sleep(START_OVER_PAUSE).await;
                }
            }
        }
    }

    async fn refuse_until_change(
        &mut self,
        leadership: &mut tokio::sync::watch::Receiver<Leadership>,
        now: &Leadership,
    ) {
        let leader = now.leader.as_ref().map(|(_, address)| address.clone());
        tokio::select! {
            Ok(()) = leadership.changed() => {}
            Some(request) = self.queue.recv() => request.fail(Error::not_leader(leader)),
            // The node has stopped, and nobody is left to ask.
            else => std::future::pending::<()>().await,
        }
    }

    /// Leads one term: first everything that came before is known and followed.
    async fn lead(&mut self, term: Term) -> Result<()> {
        self.directory.unstage();
        let barrier = propose(&self.raft, Command::Barrier, None, Some(term)).await?;
        let mut leadership = self.raft.leadership();
        tokio::select! {
            reached = self.directory.reached(barrier.index) => reached?,
            // Who waits in the queue is to ask the next leader.
            _ = leadership.wait_for(|now| !now.is_leader || now.term != term) => return Ok(()),
        }
        info!(
            term = term.0,
            log_index = barrier.index.0,
            "sequencer leads"
        );
        let outcome = Lead::new(self, term).run().await;
        self.directory.unstage();
        outcome
    }
}
