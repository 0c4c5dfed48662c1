//! What every use-case stands on.

use std::{sync::Arc, time::Duration};

use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{Catalog, ClusterInfo},
};
use tagma_sql::SqlRuntime;
use tagma_store::Store;
use tokio::sync::OnceCell;

use crate::{
    error::{Error, Result},
    identity::Directory,
    journal::JournalCache,
    query::Router,
    raft::RaftNode,
    sequencer::SequencerHandle,
    served::Served,
};

/// Time that a new leader has to apply what came before its term.
const LEADS_PATIENCE: Duration = Duration::from_secs(5);

/// Parts of a running coordinator; cheap to clone.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) raft: RaftNode,
    pub(crate) store: Store,
    pub(crate) directory: Arc<Directory>,
    pub(crate) journal: Arc<JournalCache>,
    pub(crate) served: Arc<Served>,
    /// An index that held everything committed before this node started; see
    /// [`Context::caught_up`].
    pub(crate) committed_at_start: Arc<OnceCell<LogIndex>>,
    pub(crate) sequencer: SequencerHandle,
    pub(crate) router: Router,
    /// Plans tag SQL; runs nothing.
    pub(crate) sql: Arc<SqlRuntime>,
    /// This node's number.
    pub(crate) node: u64,
}

impl Context {
    /// The catalog as of the last entry applied here.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.raft.catalog()
    }

    /// The cluster, once it has been created.
    ///
    /// # Errors
    /// Unavailable before.
    pub(crate) fn cluster(&self) -> Result<ClusterInfo> {
        self.catalog().cluster.clone().ok_or_else(|| {
            let message = "the cluster has not been created yet: try again";
            Error::new(ErrorKind::Unavailable, message)
        })
    }

    /// Waits until the catalog here holds everything of earlier terms: a new leader must not judge
    /// a request by less. Does nothing on a node that does not lead: proposing says so.
    pub(crate) async fn leads(&self) {
        let mut leadership = self.raft.leadership();
        let known = leadership.wait_for(|now| !now.is_leader || now.first_index_of_term.is_some());
        // Without a quorum this does not come; proposing then says what is wrong.
        let _gave_up = tokio::time::timeout(LEADS_PATIENCE, known).await;
    }

    /// Waits until everything that was committed before this node started is served, so that a
    /// restart never takes an answer back.
    ///
    /// # Errors
    /// Unavailable where that takes longer than `patience`; those of a linearizable read.
    pub(crate) async fn caught_up(&self, patience: Duration) -> Result<()> {
        let ask = || self.raft.read_index();
        let index = self.committed_at_start.get_or_try_init(ask).await;
        let index = index.map_err(|error| Error::wrap(error.kind(), &error))?;
        self.served_at(*index, patience).await
    }

    /// Waits until reads at `index` are possible.
    ///
    /// # Errors
    /// Unavailable where that takes longer than `patience`.
    pub(crate) async fn served_at(&self, index: LogIndex, patience: Duration) -> Result<()> {
        let mut served = self.served.watch();
        let waited = tokio::time::timeout(patience, served.wait_for(|at| *at >= index)).await;
        match waited {
            Ok(Ok(_)) => Ok(()),
            _ => {
                let at = *self.served.watch().borrow();
                let message = format!(
                    "index {index} is not served yet (served: {at}): a shard is behind or has no \
                     worker, see `tagma cluster status`"
                );
                Err(Error::new(ErrorKind::Unavailable, message))
            }
        }
    }
}
