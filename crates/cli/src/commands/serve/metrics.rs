//! `/metrics` and `/healthz` over HTTP.

use std::net::SocketAddr;

use axum::{Router, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use super::grpc::Listener;
use crate::failure::Failure;

/// Collects the metrics of this process from now on.
///
/// # Errors
/// Where something else collects them already.
pub(super) fn collect() -> Result<PrometheusHandle, Failure> {
    let recorder = PrometheusBuilder::new().install_recorder();
    recorder.map_err(|error| Failure::internal("metrics cannot be collected", error))
}

/// Answers until the task is dropped.
pub(super) async fn serve(listener: TcpListener, handle: PrometheusHandle) {
    let metrics = move || {
        handle.run_upkeep();
        std::future::ready(handle.render())
    };
    let routes = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| std::future::ready("ok\n")));
    if let Err(error) = axum::serve(listener, routes).await {
        tracing::error!(%error, "metrics are not served any more");
    }
}

/// Collects and answers where an address is given, for as long as the process runs.
///
/// # Errors
/// Where the address cannot be listened on.
pub(super) async fn start(address: Option<SocketAddr>) -> Result<(), Failure> {
    let Some(address) = address else {
        return Ok(());
    };
    let listener = Listener::bind(address).await?;
    let collected = collect()?;
    tokio::spawn(serve(listener.into_socket(), collected));
    Ok(())
}
