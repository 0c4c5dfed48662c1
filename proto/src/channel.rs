//! One channel type for calls over the network and within a process.
//!
//! In one process a client is put directly on the server's service: messages are encoded and
//! decoded, but no socket and no HTTP/2 lies between.

use std::{convert::Infallible, time::Duration};

use tonic::{
    body::Body,
    server::NamedService,
    service::Routes,
    transport::{Channel, Endpoint},
};
use tower::{BoxError, Service, ServiceExt, util::BoxCloneSyncService};

/// Anything that answers gRPC requests; cheap to clone.
pub type GrpcChannel =
    BoxCloneSyncService<http::Request<Body>, http::Response<Body>, BoxError>;

/// Time to reach another process.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Interval of probes on idle connections, so that a vanished host is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// A channel to `http://host:port`, connected when it is first used.
///
/// # Errors
/// The address is no URI.
pub fn connect(address: &str) -> Result<GrpcChannel, tonic::transport::Error> {
    let endpoint = Endpoint::from_shared(address.to_owned())?
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    let channel: Channel = endpoint.connect_lazy();
    Ok(BoxCloneSyncService::new(channel.map_err(BoxError::from)))
}

/// A channel to one service of this process.
pub fn in_process<S>(service: S) -> GrpcChannel
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S: NamedService + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service.map_err(|never| match never {}))
}

/// A channel to several services of this process.
pub fn in_process_routes(routes: Routes) -> GrpcChannel {
    let service = ServiceExt::<http::Request<Body>>::map_err(routes, BoxError::from);
    BoxCloneSyncService::new(service)
}
