//! `tagma coordinator`: one coordinator of a cluster.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};

use tagma_coordinator::{Coordinator, Settings, WorkerConnector};
use tagma_core::limits::SHARDS_DEFAULT;
use tagma_proto::channel::connect;

use super::{
    grpc::Listener,
    key,
    log::LogArgs,
    metrics,
    parts::{failed, open_store, run_until_stopped},
    peers::parse_peers,
    tuning::CoordinatorTuning,
};
use crate::{args::parse_zone, console::Console, failure::Failure, output::DataDirectory};

/// Run one coordinator of a cluster
///
///     tagma coordinator --id 1 --listen 10.0.0.1:7700 --advertise http://10.0.0.1:7700 \
///         --peers 1=http://10.0.0.1:7700,2=http://10.0.0.2:7700,3=http://10.0.0.3:7700 \
///         --data /var/lib/tagma --store /mnt/tagma --key /etc/tagma/identity.key
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CoordinatorArgs {
    /// This coordinator's number among --peers
    #[arg(long, value_name = "N")]
    id: u64,
    /// Where gRPC is answered
    #[arg(long, value_name = "ADDR")]
    listen: SocketAddr,
    /// Where others reach it
    #[arg(long, value_name = "URL")]
    advertise: String,
    /// All coordinators, this one included
    #[arg(long, value_name = "1=URL,…", value_parser = parse_peers)]
    peers: BTreeMap<u64, String>,
    /// Log and identity files of this process alone
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The object store that the whole cluster shares
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// Shards of a new cluster; cannot be changed later
    #[arg(long, value_name = "N", default_value_t = SHARDS_DEFAULT,
        value_parser = clap::value_parser!(u16).range(1..=32_767))]
    shards: u16,
    /// Time zone of a new cluster
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = parse_zone)]
    timezone: String,
    /// Secret that identifiers are hashed with, the same for all coordinators
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Where /metrics and /healthz are answered over HTTP [default: nowhere]
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    tuning: CoordinatorTuning,
}

/// Runs until it is asked to stop.
///
/// # Errors
/// Where it cannot start, or the log cannot be closed.
pub(crate) async fn run(args: &CoordinatorArgs, console: &mut Console) -> Result<(), Failure> {
    args.check()?;
    args.log.start();
    let data = DataDirectory::lock(&args.data)?;
    let listener = Listener::bind(args.listen).await?;
    metrics::start(args.metrics).await?;
    let line = format!("ready: {} as coordinator {}", listener.url(), args.id);
    let coordinator = start_coordinator(args, &data).await?;
    let running = listener.serve(coordinator.routes()).await;
    let ready = async {
        let ready = coordinator.ready().await;
        ready.map_err(|error| failed("the cluster is not served", error.kind(), &error))
    };
    let outcome = run_until_stopped(running, ready, &line, console).await;
    let closed = coordinator.shutdown().await;
    outcome?;
    closed.map_err(|error| failed("the log was not closed", error.kind(), &error))
}

impl CoordinatorArgs {
    fn check(&self) -> Result<(), Failure> {
        match self.peers.get(&self.id) {
            None => Err(Failure::Usage(format!(
                "--peers does not hold --id {}",
                self.id
            ))),
            Some(address) if *address != self.advertise => Err(Failure::Usage(format!(
                "--peers says that {} is at {address}, --advertise says {}",
                self.id, self.advertise
            ))),
            Some(_) => Ok(()),
        }
    }
}

/// Starts the role; workers are reached over the network.
async fn start_coordinator(
    args: &CoordinatorArgs,
    data: &DataDirectory,
) -> Result<Coordinator, Failure> {
    let named = args.key.as_deref();
    let key = match args.peers.len() {
        1 => key::of_single(named, data.path())?,
        _ => key::of_cluster(named)?,
    };
    let store = open_store(args.store.clone()).await?;
    let connector: WorkerConnector =
        Arc::new(|address: &str| connect(address).map_err(|error| error.to_string()));
    let single = Settings::single(data.path().to_owned(), args.advertise.clone());
    let mut settings = Settings {
        node: args.id,
        members: args.peers.clone(),
        shards: args.shards,
        zone: args.timezone.clone(),
        ..single
    };
    args.tuning.set(&mut settings);
    let started = Coordinator::start(settings, store, key, connector).await;
    started.map_err(|error| failed("the coordinator cannot start", error.kind(), &error))
}
