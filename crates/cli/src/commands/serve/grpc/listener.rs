//! A listening socket with all services of a role behind it, health included.

use std::{net::SocketAddr, time::Duration};

use tagma_proto::channel::Routes;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tonic::transport::{Error, Server, server::TcpIncoming};
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::failure::Failure;

const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 16 * 1024 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// For requests that are being answered; streams without end are cut then.
const FAREWELL: Duration = Duration::from_secs(5);

/// A bound socket on which nothing is answered yet.
pub(in super::super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

/// A socket on which calls are answered.
pub(in super::super) struct RunningListener {
    stop: CancellationToken,
    health: HealthReporter,
    task: JoinHandle<Result<(), Error>>,
}

impl Listener {
    /// Binds the socket.
    ///
    /// # Errors
    /// Where the address is taken or not this machine's.
    pub(in super::super) async fn bind(address: SocketAddr) -> Result<Self, Failure> {
        let refused = |error: std::io::Error| {
            Failure::invalid(format!("cannot listen on {address}: {error}"))
        };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self { socket, address })
    }

    /// Where it listens; the port is the real one.
    pub(in super::super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The socket, for another protocol.
    pub(in super::super) fn into_socket(self) -> TcpListener {
        self.socket
    }

    /// Begins to answer; health says "not serving" until it is told.
    pub(in super::super) async fn serve(self, routes: Routes) -> RunningListener {
        let (health, health_service) = tonic_health::server::health_reporter();
        health
            .set_service_status("", ServingStatus::NotServing)
            .await;
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let incoming = TcpIncoming::from(self.socket).with_nodelay(Some(true));
        let server = Server::builder()
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keepalive_interval(Some(KEEP_ALIVE))
            .add_routes(routes)
            .add_service(health_service)
            .serve_with_incoming_shutdown(incoming, stopped);
        RunningListener {
            stop,
            health,
            task: tokio::spawn(server),
        }
    }
}

impl RunningListener {
    /// Health says "serving" from now on.
    pub(in super::super) async fn is_ready(&self) {
        self.health
            .set_service_status("", ServingStatus::Serving)
            .await;
    }

    /// Takes no new calls, and lets those that are being answered finish.
    pub(in super::super) async fn shutdown(self) {
        self.health
            .set_service_status("", ServingStatus::NotServing)
            .await;
        self.stop.cancel();
        let mut task = self.task;
        match timeout(FAREWELL, &mut task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "listener ended with an error"),
            Ok(Err(error)) => tracing::warn!(%error, "listener was lost"),
            Err(_) => task.abort(),
        }
    }
}
