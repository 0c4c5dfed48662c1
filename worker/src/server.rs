//! Puts a worker together, starts it, ends it.
//!
//! Owns the order of both. Listens nowhere: whoever starts it mounts `grpc::shard_service`.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tagma_core::ErrorKind;
use tagma_sql::{SqlRuntime, SqlRuntimeOptions};
use tagma_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agent::{BeatAnswer, Contact, Heartbeats, Home, Owned, register};
use crate::exec::{Pool, SqlThreads};
use crate::metrics;
use crate::service::Service;
use crate::settings::Settings;
use crate::shard::Schemas;
use crate::tags::Tags;
use crate::tasks::Ownership;

const METRICS_INTERVAL: Duration = Duration::from_secs(5);

/// Why a worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting that makes no sense.
    #[error("the worker cannot be set to {0}")]
    Settings(&'static str),
    /// The system starts no more threads.
    #[error("threads cannot be started")]
    Threads(#[from] io::Error),
    /// SQL cannot be set up: the spill folder cannot be used.
    #[error("SQL cannot be set up")]
    Sql(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Threads(_) => ErrorKind::Exhausted,
            Self::Settings(_) | Self::Sql(_) => ErrorKind::Invalid,
        }
    }
}

/// A worker.
pub struct Worker;

/// A running worker.
pub struct WorkerHandle {
    service: Arc<Service>,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Worker {
    /// Starts a worker on the current tokio runtime. It registers, and takes over shards, as soon
    /// as a coordinator answers.
    ///
    /// # Errors
    /// [`Error`]; nothing runs then.
    pub fn start(
        settings: Settings,
        store: Store,
        home: Arc<dyn Home>,
    ) -> Result<WorkerHandle, Error> {
        if let Some(fault) = settings.upkeep.fault() {
            return Err(Error::Settings(fault));
        }
        let options = SqlRuntimeOptions {
            memory_bytes: settings.sql_memory_bytes,
            spill_dir: settings.spill_dir.clone(),
            spill_bytes: settings.spill_bytes,
            cached_blocks: settings.cached_blocks,
        };
        let sql = SqlRuntime::new(&options, store.object_store());
        let sql = sql.map_err(|source| Error::Sql(Box::new(source)))?;
        let service = Arc::new(Service {
            cluster_id: Arc::new(OnceLock::new()),
            contact: Arc::new(Contact::new(settings.contact_limit)),
            owned: Arc::new(Owned::default()),
            tags: Arc::new(Tags::new(store.clone(), settings.tag_cache_bytes)),
            store,
            pool: Arc::new(Pool::new(settings.exec_threads)?),
            threads: Arc::new(SqlThreads::new(sql, settings.sql_threads)?),
        });
        let handle = WorkerHandle {
            service: Arc::clone(&service),
            stop: CancellationToken::new(),
            tracker: TaskTracker::new(),
        };
        let life = live(
            settings,
            home,
            service,
            handle.stop.clone(),
            handle.tracker.clone(),
        );
        handle.tracker.spawn(life);
        Ok(handle)
    }
}

impl WorkerHandle {
    /// What it answers.
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Ends all tasks: shards are closed as they are, what is not flushed is in the journal. End
    /// the listener first, so that requests finish.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.service.owned.close_all();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Registers, then keeps heartbeats and ownership going.
async fn live(
    settings: Settings,
    home: Arc<dyn Home>,
    service: Arc<Service>,
    stop: CancellationToken,
    tracker: TaskTracker,
) {
    let registered = register(&home, &settings.name, &settings.address, &stop).await;
    let Some(registration) = registered else {
        return;
    };
    let cluster_id = registration.cluster_id.clone();
    let cluster_id = service.cluster_id.get_or_init(|| cluster_id).clone();
    let (answers, newest) = watch::channel(Arc::<BeatAnswer>::default());
    let ownership = Arc::new(Ownership {
        home: Arc::clone(&home),
        cluster_id,
        store: service.store.clone(),
        blocks: service.threads.sql().reader().clone(),
        schemas: Arc::new(Schemas::default()),
        limits: settings.upkeep,
        owned: Arc::clone(&service.owned),
        answers: newest,
        tracker: tracker.clone(),
    });
    tracker.spawn(ownership.run(stop.clone()));
    let coordinators = home.coordinators();
    let heartbeats = Arc::new(Heartbeats {
        home,
        registration,
        address: settings.address,
        interval: settings.heartbeat,
        owned: Arc::clone(&service.owned),
        contact: Arc::clone(&service.contact),
        answers,
    });
    for coordinator in 0..coordinators {
        let (heartbeats, stop) = (Arc::clone(&heartbeats), stop.clone());
        tracker.spawn(async move { heartbeats.run(coordinator, stop).await });
    }
    watch_metrics(&service.owned, &stop).await;
}

async fn watch_metrics(owned: &Owned, stop: &CancellationToken) {
    let mut ticks = tokio::time::interval(METRICS_INTERVAL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let (open, stopped) = owned.counts();
        metrics::shards(open, stopped);
    }
}
