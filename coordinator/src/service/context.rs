//! What every use-case stands on.

use std::{sync::Arc, time::Duration};

use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{Catalog, ClusterInfo},
};
use tagma_sql::SqlRuntime;
use tagma_store::Store;
use tokio::sync::{OnceCell, watch};

use crate::{
    error::{Error, Result},
    identity::Directory,
    journal::JournalCache,
    query::Router,
    raft::{Leadership, RaftNode},
    sequencer::SequencerHandle,
    served::Served,
    service::Runs,
};

/// Time that a new leader has to apply what came before its term.
const LEADS_PATIENCE: Duration = Duration::from_secs(5);

/// Silence of leaders after which nothing is answered: what is known here may be out of date, and
/// a person asked about may be erased.
const LEADER_SILENCE: Duration = Duration::from_secs(5);

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
    /// Tag runs of this process.
    pub(crate) runs: Arc<Runs>,
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

    /// Refuses where no leader has been heard of lately.
    ///
    /// # Errors
    /// Unavailable.
    pub(crate) fn in_touch(&self) -> Result<()> {
        judge_silence(self.raft.leader_silence())
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
        leads(self.raft.leadership()).await;
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

async fn leads(mut leadership: watch::Receiver<Leadership>) {
    let known = leadership.wait_for(|now| !now.is_leader || now.first_index_of_term.is_some());
    // Without a quorum this does not come; proposing then says what is wrong.
    let _gave_up = tokio::time::timeout(LEADS_PATIENCE, known).await;
}

fn judge_silence(silence: Option<Duration>) -> Result<()> {
    if silence.is_some_and(|silence| silence < LEADER_SILENCE) {
        return Ok(());
    }
    let message = format!(
        "this coordinator has heard of no leader for {} s, so what it knows may be out of date: \
         ask another one, or see `tagma cluster status`",
        LEADER_SILENCE.as_secs()
    );
    Err(Error::new(ErrorKind::Unavailable, message))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn leader(first_index_of_term: Option<LogIndex>) -> Leadership {
        Leadership {
            is_leader: true,
            first_index_of_term,
            ..Leadership::default()
        }
    }

    #[tokio::test]
    async fn a_new_leader_waits_for_the_first_entry_of_its_term() {
        let (sender, seen) = watch::channel(leader(None));
        let mut waiting = std::pin::pin!(leads(seen));
        assert!(
            waiting.as_mut().now_or_never().is_none(),
            "earlier entries may be missing"
        );
        sender.send_replace(leader(Some(LogIndex(7))));
        assert!(waiting.now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_does_not_lead_waits_for_nothing() {
        let (_sender, seen) = watch::channel(Leadership::default());
        assert!(leads(seen).now_or_never().is_some());
    }

    #[test]
    fn silence_of_leaders_beyond_the_limit_refuses() {
        let at = |ms| judge_silence(Some(Duration::from_millis(ms)));
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(4_999), Ok(()));
        for refused in [at(5_000), at(60_000), judge_silence(None)] {
            let error = refused.expect_err("out of touch");
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        }
    }
}
