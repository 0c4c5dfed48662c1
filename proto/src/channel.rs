//! One channel type for calls over the network and within a process.
//!
//! In one process a client is put directly on the server's service: messages are encoded and
//! decoded, but no socket and no HTTP/2 lies between.

use std::{convert::Infallible, time::Duration};

pub use tonic::service::Routes;
use tonic::{
    body::Body,
    server::NamedService,
    transport::{Channel, Endpoint},
};
use tower::{Service, ServiceExt, util::BoxCloneSyncService};

/// Anything that answers gRPC requests; cheap to clone.
pub type GrpcChannel = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, ChannelError>;

/// Why a request did not reach the other side.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The network's word.
    #[error("the other side cannot be reached")]
    Transport(#[from] tonic::transport::Error),
    /// A service of this process refused to take it.
    #[error("the service did not take the request")]
    Refused,
}

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
    Ok(BoxCloneSyncService::new(
        channel.map_err(ChannelError::from),
    ))
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
    let service = ServiceExt::<http::Request<Body>>::map_err(routes, |_| ChannelError::Refused);
    BoxCloneSyncService::new(service)
}
