//! `tagma worker`: one worker of a cluster.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use tagma_proto::channel::{Routes, connect};
use tagma_worker::{GrpcHome, Settings, Worker, WorkerHandle, shard_service};

use super::{
    grpc::Listener,
    log::LogArgs,
    metrics,
    parts::{failed, open_store, run_until_stopped},
    tuning::WorkerTuning,
};
use crate::{console::Console, failure::Failure, output::DataDirectory};

/// Run one worker of a cluster
///
///     tagma worker --name w1 --listen 10.0.0.4:7710 --advertise http://10.0.0.4:7710 \
///         --coordinators http://10.0.0.1:7700,http://10.0.0.2:7700,http://10.0.0.3:7700 \
///         --data /var/lib/tagma --store /mnt/tagma
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct WorkerArgs {
    /// Stable name: the same name is the same worker after a restart
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Where gRPC is answered
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// Where coordinators reach it
    #[arg(long, value_name = "URL")]
    advertise: String,
    /// All coordinators
    #[arg(long, value_name = "URL,…", value_delimiter = ',', required = true)]
    coordinators: Vec<String>,
    /// Files of this process alone
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The object store that the whole cluster shares
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// Where /metrics and /healthz are answered over HTTP [default: nowhere]
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    tuning: WorkerTuning,
}

/// Runs until it is asked to stop.
///
/// # Errors
/// Where it cannot start.
pub(crate) async fn run(args: &WorkerArgs, console: &mut Console) -> Result<(), Failure> {
    args.log.start();
    let data = DataDirectory::lock(&args.data)?;
    let listener = Listener::bind(args.listen).await?;
    metrics::start(args.metrics).await?;
    let line = format!("ready: {} as worker {}", listener.url(), args.name);
    let worker = start_worker(args, &data).await?;
    let running = listener.serve(Routes::new(shard_service(&worker))).await;
    // It takes over shards as soon as a coordinator answers: nothing to wait for here.
    let ready = std::future::ready(Ok(()));
    let outcome = run_until_stopped(running, ready, &line, console).await;
    worker.shutdown().await;
    outcome
}

/// Starts the role; coordinators are reached over the network.
async fn start_worker(args: &WorkerArgs, data: &DataDirectory) -> Result<WorkerHandle, Failure> {
    let store = open_store(args.store.clone()).await?;
    let mut lines = Vec::new();
    for address in &args.coordinators {
        let line = connect(address.trim()).map_err(|error| {
            Failure::Usage(format!(
                "--coordinators: `{address}` is no address: {error}"
            ))
        })?;
        lines.push(line);
    }
    let mut settings = Settings::new(&args.name, &args.advertise, data.path().join("spill"));
    args.tuning.set(&mut settings);
    Worker::start(settings, store, Arc::new(GrpcHome::new(lines)))
        .map_err(|error| failed("the worker cannot start", error.kind(), &error))
}
