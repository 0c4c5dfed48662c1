//! `tagma up`: coordinator and worker in one process.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use tagma_coordinator::{Coordinator, WorkerConnector};
use tagma_core::limits::SHARDS_DEFAULT;
use tagma_proto::channel::{GrpcChannel, in_process, in_process_routes};
use tagma_worker::{GrpcHome, Worker, WorkerHandle, shard_service};

use super::{
    grpc::Listener,
    key,
    log::LogArgs,
    metrics,
    parts::{failed, open_store, run_until_stopped},
    tuning::{CoordinatorTuning, WorkerTuning},
};
use crate::{args::parse_zone, console::Console, failure::Failure, output::DataDirectory};

/// Run everything in one process
///
///     tagma up
///     tagma up --data /var/lib/tagma --timezone Asia/Shanghai
///
/// Stop it with Ctrl-C or SIGTERM; whatever was acknowledged is there at the next start.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct UpArgs {
    /// Where everything is kept
    #[arg(long, value_name = "DIR", default_value = "./tagma-data")]
    data: PathBuf,
    /// Where gRPC is answered
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7700")]
    listen: SocketAddr,
    /// Where /metrics and /healthz are answered over HTTP
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7701")]
    metrics: SocketAddr,
    /// Shards of a new cluster; cannot be changed later
    #[arg(long, value_name = "N", default_value_t = SHARDS_DEFAULT,
        value_parser = clap::value_parser!(u16).range(1..=32_767))]
    shards: u16,
    /// Time zone of a new cluster
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = parse_zone)]
    timezone: String,
    /// Secret that identifiers are hashed with [default: DIR/identity.key, made at first start]
    ///
    /// Keep a copy of it elsewhere, and never beside backups: without it nobody is found by
    /// identifier, and with it identifiers can be guessed.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    coordinator_tuning: CoordinatorTuning,
    #[command(flatten)]
    worker_tuning: WorkerTuning,
}

/// Runs until it is asked to stop.
///
/// # Errors
/// Where a part cannot start, or the log cannot be closed.
pub(crate) async fn run(args: &UpArgs, console: &mut Console) -> Result<(), Failure> {
    args.log.start();
    let data = DataDirectory::lock(&args.data)?;
    let listener = Listener::bind(args.listen).await?;
    let metrics_listener = Listener::bind(args.metrics).await?;
    let line = format!(
        "ready: {} (metrics: {}/metrics), data in {}",
        listener.url(),
        metrics_listener.url(),
        data.path().display()
    );
    let collected = metrics::collect()?;
    let exporting = tokio::spawn(metrics::serve(metrics_listener.into_socket(), collected));
    let (coordinator, worker) = start_up(args, &data, listener.url()).await?;
    let running = listener.serve(coordinator.routes()).await;
    let ready = async {
        let ready = coordinator.ready().await;
        ready.map_err(|error| failed("the cluster is not served", error.kind(), &error))
    };
    let outcome = run_until_stopped(running, ready, &line, console).await;
    worker.shutdown().await;
    let closed = coordinator.shutdown().await;
    exporting.abort();
    outcome?;
    closed.map_err(|error| failed("the log was not closed", error.kind(), &error))
}

/// Starts both roles, each reaching the other within the process.
async fn start_up(
    args: &UpArgs,
    data: &DataDirectory,
    url: String,
) -> Result<(Coordinator, WorkerHandle), Failure> {
    let store = open_store(data.path().join("objects")).await?;
    let key = key::of_single(args.key.as_deref(), data.path())?;
    let worker_line: Arc<OnceLock<GrpcChannel>> = Arc::default();
    let line = worker_line.clone();
    let connector: WorkerConnector = Arc::new(move |_| {
        let line = line.get().cloned();
        line.ok_or_else(|| "the worker has not started".to_owned())
    });
    let mut settings = tagma_coordinator::Settings {
        shards: args.shards,
        zone: args.timezone.clone(),
        ..tagma_coordinator::Settings::single(data.path().join("coordinator"), url.clone())
    };
    args.coordinator_tuning.set(&mut settings);
    let coordinator = Coordinator::start(settings, store.clone(), key, connector).await;
    let coordinator = coordinator
        .map_err(|error| failed("the coordinator cannot start", error.kind(), &error))?;
    let home = Arc::new(GrpcHome::new(vec![in_process_routes(coordinator.routes())]));
    let mut settings = tagma_worker::Settings::new("local", &url, data.path().join("spill"));
    args.worker_tuning.set(&mut settings);
    let worker = Worker::start(settings, store, home)
        .map_err(|error| failed("the worker cannot start", error.kind(), &error))?;
    let line = in_process(shard_service(&worker));
    worker_line
        .set(line)
        .unwrap_or_else(|_| unreachable!("set once, here"));
    Ok((coordinator, worker))
}
