//! Calls that openraft does not make itself.

use futures::future::{BoxFuture, FutureExt};
use tagma_core::LogIndex;
use tagma_proto::pb::raft::v1 as pb;

use super::transport::{Lane, Route, Transport};
use crate::raft::error::{Error, Result};

/// Other nodes, whatever the transport.
pub(crate) trait Peers: Send + Sync {
    /// Asks a node, believed to lead, for a read index.
    fn read_index(&self, node: u64, address: String) -> BoxFuture<'_, Result<LogIndex>>;
}

/// [`Peers`] over a transport.
pub(crate) struct PeersOver<T> {
    cluster_id: String,
    node_id: u64,
    transport: T,
}

impl<T: Transport> PeersOver<T> {
    /// Calls from `node_id` within `cluster_id`.
    pub(crate) fn new(cluster_id: &str, node_id: u64, transport: T) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            node_id,
            transport,
        }
    }
}

impl<T: Transport> Peers for PeersOver<T> {
    fn read_index(&self, node: u64, address: String) -> BoxFuture<'_, Result<LogIndex>> {
        let request = pb::ReadIndexRequest {
            route: Some(pb::Route {
                cluster_id: self.cluster_id.clone(),
                from_node: self.node_id,
                to_node: node,
            }),
        };
        let to = Route {
            node,
            address,
            lane: Lane::Log,
        };
        async move {
            let reply = self.transport.read_index(&to, request).await;
            let reply = reply.map_err(|status| Error::NoQuorum {
                what: format!("node {node} gave no read index: {}", status.message()),
            })?;
            Ok(LogIndex(reply.log_index))
        }
        .boxed()
    }
}
