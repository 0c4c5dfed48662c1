//! Composition: builds the parts of a coordinator, runs its tasks, stops them in order.

use std::{sync::Arc, time::Duration};

use tagma_core::{
    ErrorKind,
    catalog::{Command, CreateCluster},
    time::zone,
};
use tagma_identity::HashKey;
use tagma_proto::channel::Routes;
use tagma_sql::{SqlRuntime, SqlRuntimeOptions};
use tagma_store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    error::{Error, Result},
    grpc::{self, ShardClients, WorkerConnector},
    identity::{Checkpoints, Directory, follow_journal, stand_on_checkpoints},
    journal::JournalCache,
    query::Router,
    raft::{RaftNode, RaftSettings},
    sequencer::Sequencer,
    served::Served,
    service::{Context, Runs, propose},
    settings::Settings,
    tasks,
};

/// A running coordinator.
pub struct Coordinator {
    context: Context,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Coordinator {
    /// Starts a coordinator over `store`, hashing identifiers with `key`, reaching workers through
    /// `connector`. Its routes must be served for it to take part in a cluster of several.
    ///
    /// # Errors
    /// Invalid settings, damaged files, another key than the cluster's.
    pub async fn start(
        settings: Settings,
        store: Store,
        key: HashKey,
        connector: WorkerConnector,
    ) -> Result<Self> {
        check(&settings)?;
        let raft = start_raft(&settings).await?;
        let checkpoints = Checkpoints::new(
            settings.data.join("identity"),
            store.clone(),
            key.fingerprint(),
        );
        let base = match &raft.catalog().checkpoint {
            Some(published) => checkpoints.open_if_there(published).await?,
            None => None,
        };
        let directory = Arc::new(Directory::new(key, base));
        let journal = Arc::new(JournalCache::new(store.clone()));
        let (sequencer, handle) = Sequencer::new(
            raft.clone(),
            store.clone(),
            directory.clone(),
            journal.clone(),
        );
        let context = Context {
            router: Router::new(raft.clone(), Arc::new(ShardClients::new(connector))),
            sql: Arc::new(planner(&settings, &store)?),
            served: Arc::new(Served::new()),
            committed_at_start: Arc::default(),
            sequencer: handle,
            runs: Arc::new(Runs::default()),
            node: settings.node,
            raft,
            store,
            directory,
            journal,
        };
        let mut coordinator = Self {
            context,
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        coordinator.spawn_tasks(&settings, sequencer, checkpoints);
        Ok(coordinator)
    }

    /// Every service of this node, Raft's included.
    pub fn routes(&self) -> Routes {
        grpc::routes(&self.context).add_service(self.context.raft.service())
    }

    /// Waits until the cluster exists and every shard is served: then reads and writes work.
    ///
    /// # Errors
    /// Unavailable where the node stops first.
    pub async fn ready(&self) -> Result<()> {
        let stopped = || Error::new(ErrorKind::Unavailable, "the node stops");
        let mut served = self.context.served.watch();
        served
            .wait_for(|at| at.0 > 0)
            .await
            .map_err(|_| stopped())?;
        while self.context.caught_up(READY_PATIENCE).await.is_err() {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        Ok(())
    }

    /// Hands leadership over, stops the tasks, closes the files.
    ///
    /// # Errors
    /// The log's last words.
    pub async fn shutdown(mut self) -> Result<()> {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        let closed = self.context.raft.shutdown().await;
        closed.map_err(|error| Error::wrap(error.kind(), &error))
    }

    fn spawn_tasks(&mut self, settings: &Settings, sequencer: Sequencer, checkpoints: Checkpoints) {
        let (context, stop) = (self.context.clone(), self.stop.clone());
        let create = CreateCluster {
            cluster_id: settings.cluster.clone(),
            shard_count: settings.shards,
            key_fingerprint: context.directory.key().fingerprint().to_string(),
            zone: settings.zone.clone(),
        };
        self.tasks
            .spawn(create_cluster(context.clone(), create, stop.clone()));
        self.tasks.spawn(sequencer.run(stop.clone()));
        let (raft, journal) = (context.raft.clone(), context.journal.clone());
        let directory = context.directory.clone();
        let followed = follow_journal(raft, journal, directory, checkpoints.clone(), stop.clone());
        self.tasks.spawn(followed);
        self.tasks.spawn(stand_on_checkpoints(
            context.raft.clone(),
            context.directory.clone(),
            checkpoints.clone(),
            stop.clone(),
        ));
        self.tasks.spawn(tasks::end_with_consensus(
            context.raft.clone(),
            stop.clone(),
        ));
        self.tasks
            .spawn(tasks::place_shards(context.clone(), stop.clone()));
        self.tasks.spawn(tasks::clean_up(
            context.raft.clone(),
            context.store.clone(),
            settings.clean,
            stop.clone(),
        ));
        self.tasks.spawn(tasks::close_orphans(
            context.raft.clone(),
            context.runs.clone(),
            stop.clone(),
        ));
        self.tasks.spawn(tasks::make_checkpoints(
            context.clone(),
            checkpoints,
            settings.checkpoint,
            stop.clone(),
        ));
        self.tasks
            .spawn(tasks::advance_floor(context, settings.retention, stop));
    }
}

fn check(settings: &Settings) -> Result<()> {
    if !settings.members.contains_key(&settings.node) {
        let message = format!("node {} is not among the members", settings.node);
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    if let Some(fault) = settings.fault() {
        let message = format!("a coordinator cannot be set to {fault}");
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    zone(&settings.zone).map_err(|error| Error::wrap(ErrorKind::Invalid, &error))?;
    Ok(())
}

/// SQL is only planned here: no memory to speak of, nothing spilled.
fn planner(settings: &Settings, store: &Store) -> Result<SqlRuntime> {
    let options = SqlRuntimeOptions {
        memory_bytes: 64 * 1024 * 1024,
        spill_dir: settings.data.join("spill"),
        spill_bytes: 0,
        cached_blocks: 1,
    };
    SqlRuntime::new(&options, store.object_store())
        .map_err(|error| Error::wrap(ErrorKind::Internal, &error))
}

/// Share of the entries of a snapshot that stay in the log behind it: one in this many.
const KEPT_SHARE: u64 = 5;

async fn start_raft(settings: &Settings) -> Result<RaftNode> {
    let mut raft = RaftSettings::new(
        settings.cluster.clone(),
        settings.node,
        settings.members.clone(),
        settings.data.join("raft"),
    );
    raft.snapshot_entries = settings.snapshot_entries;
    raft.kept_entries = settings.snapshot_entries / KEPT_SHARE;
    let node = RaftNode::start(raft)
        .await
        .map_err(|error| Error::wrap(error.kind(), &error))?;
    node.bootstrap()
        .await
        .map_err(|error| Error::wrap(error.kind(), &error))?;
    Ok(node)
}

/// Time after which a node that is not ready looks again.
const READY_PATIENCE: Duration = Duration::from_secs(5);

/// Pause after a proposal that failed, as without a quorum.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The leader of a new cluster says what it is; every node checks that its key is the cluster's.
async fn create_cluster(context: Context, create: CreateCluster, stop: CancellationToken) {
    let mut leadership = context.raft.leadership();
    let mut applied = context.raft.applied();
    loop {
        if let Some(cluster) = &context.catalog().cluster {
            if cluster.key_fingerprint != create.key_fingerprint {
                warn!("the identifier key is not the cluster's: look-ups by identifier will fail");
            }
            return;
        }
        if leadership.borrow_and_update().is_leader {
            let command = Command::CreateCluster(create.clone());
            match propose(&context.raft, command, None, None).await {
                Ok(_) => info!(cluster_id = create.cluster_id, "cluster created"),
                Err(error) => {
                    warn!(%error, "cluster was not created");
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = leadership.changed() => if changed.is_err() { return },
            changed = applied.changed() => if changed.is_err() { return },
        }
    }
}
