//! Three nodes over gRPC on loopback.

use std::collections::BTreeMap;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;

use super::harness::{fill, names, open_producer, producers, propose, relax, until};
use crate::raft::network::serve;
use crate::raft::node::{Leadership, RaftNode};
use crate::raft::settings::RaftSettings;

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("bound").to_string();
    (listener, address)
}

/// Starts a node and its server.
async fn start(
    id: u64,
    listener: TcpListener,
    members: BTreeMap<u64, String>,
    folder: &TempDir,
) -> RaftNode {
    let mut settings = RaftSettings::new("grpc", id, members, folder.path().join(id.to_string()));
    relax(&mut settings);
    let node = RaftNode::start(settings).await.expect("starts");
    tokio::spawn(serve(node.service(), TcpListenerStream::new(listener)));
    node.bootstrap().await.expect("bootstraps");
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_agree_over_the_network() {
    let folder = TempDir::new().expect("temporary folder");
    let mut listeners = BTreeMap::new();
    let mut members = BTreeMap::new();
    for id in 1..=3 {
        let (listener, address) = listen().await;
        listeners.insert(id, listener);
        members.insert(id, address);
    }
    let mut nodes = BTreeMap::new();
    for (id, listener) in listeners {
        nodes.insert(id, start(id, listener, members.clone(), &folder).await);
    }
    let known = until(&mut nodes[&1].leadership(), |now| now.leader.is_some()).await;
    let (leader, address) = known.leader.expect("a leader");
    assert_eq!(address, members[&leader]);
    let leads = |now: &Leadership| now.is_leader && now.first_index_of_term.is_some();
    until(&mut nodes[&leader].leadership(), leads).await;
    let last = fill(&nodes[&leader], names("p", 20)).await;
    for node in nodes.values() {
        until(&mut node.applied(), |applied| *applied >= last).await;
        assert_eq!(producers(&node.catalog()), names("p", 20));
        assert!(node.read_index().await.expect("confirmed") >= last);
    }
    nodes
        .remove(&leader)
        .expect("runs")
        .shutdown()
        .await
        .expect("stops");
    let mut leads: Vec<_> = nodes.values().map(RaftNode::leadership).collect();
    let leads = leads.iter_mut().map(|leads| {
        Box::pin(until(leads, |now| {
            now.is_leader && now.first_index_of_term.is_some()
        }))
    });
    let (successor, _, _) = futures::future::select_all(leads).await;
    let (id, _) = successor.leader.expect("itself");
    propose(&nodes[&id], &open_producer("q"), Some(successor.term)).await;
}
