//! Starting a node: files first, verified, then the consensus over them.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::handle::{Inner, RaftNode};
use super::leadership::{Leadership, follow};
use super::runtime::RaftRuntime;
use crate::raft::error::{Error, Result, chain};
use crate::raft::log_store::{LogStore, Snapshots};
use crate::raft::network::{Callers, GrpcTransport, PeersOver, Transport};
use crate::raft::settings::RaftSettings;
use crate::raft::state_machine::{Published, StateMachine};
use crate::raft::types::Raft;

/// Folder of the log, below the node's.
const LOG: &str = "log";
/// Folder of the snapshots, below the node's.
const SNAPSHOTS: &str = "snapshots";

impl RaftNode {
    /// Starts a node that calls others over gRPC. It takes part once others reach its
    /// [`RaftNode::service`], and knows a cluster after [`RaftNode::bootstrap`] of any member.
    ///
    /// # Errors
    /// `Settings`; `Damaged`, `Unreadable`, `Foreign`, `Log`, `Io` for what is on the disk.
    pub async fn start(settings: RaftSettings) -> Result<Self> {
        Self::start_over(settings, GrpcTransport::default()).await
    }

    /// Starts a node over any transport.
    pub(crate) async fn start_over<T: Transport>(
        settings: RaftSettings,
        transport: T,
    ) -> Result<Self> {
        let config = settings.config()?;
        let runtime = RaftRuntime::start("tagma-raft").map_err(|error| Error::Settings {
            what: format!("no runtime: {error}"),
        })?;
        let (log, snapshots) = open(&settings, &runtime).await?;
        let published = Arc::new(Published::new());
        let machine = StateMachine::new(snapshots, published.clone());
        let (cluster_id, node_id) = (settings.cluster_id.clone(), settings.node_id);
        let callers = Callers::new(&cluster_id, node_id, transport.clone());
        let starting = Raft::new(node_id, config, callers, log.clone(), machine);
        let raft = on(&runtime, starting).await?;
        let raft = raft.map_err(|fatal| Error::Stopped {
            reason: chain(&fatal),
        })?;
        let (sender, leadership) = watch::channel(Leadership::default());
        let addresses = settings.members.clone();
        runtime
            .handle()
            .spawn(follow(raft.clone(), published.clone(), addresses, sender));
        Ok(Self::new(Inner {
            peers: Box::new(PeersOver::new(&cluster_id, node_id, transport)),
            settings,
            raft,
            published,
            leadership,
            heard: Arc::default(),
            log: Mutex::new(Some(log)),
            runtime,
        }))
    }
}

/// Opens and verifies the files, so that damage is reported as such.
async fn open(settings: &RaftSettings, runtime: &RaftRuntime) -> Result<(LogStore, Snapshots)> {
    let settings = settings.clone();
    let opening = async move {
        let opened = tokio::task::spawn_blocking(move || {
            let log = LogStore::open(
                &settings.folder.join(LOG),
                &settings.cluster_id,
                settings.node_id,
            )?;
            let snapshots =
                Snapshots::open(&settings.folder.join(SNAPSHOTS), &settings.cluster_id)?;
            Ok((log, snapshots))
        });
        let (log, snapshots): (LogStore, Snapshots) =
            opened.await.map_err(|error| Error::Stopped {
                reason: chain(&error),
            })??;
        log.verify().await?;
        snapshots.newest().await?;
        Ok((log, snapshots))
    };
    on(runtime, opening).await?
}

/// Runs a future on the runtime of the consensus.
async fn on<F>(runtime: &RaftRuntime, work: F) -> Result<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let joined = runtime.handle().spawn(work).await;
    joined.map_err(|error| Error::Stopped {
        reason: chain(&error),
    })
}
