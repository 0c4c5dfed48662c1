//! Linearizable reads, on the leader and on followers, and without quorum.

use std::time::Duration;

use tagma_core::ErrorKind;
use tokio::time::timeout;

use super::harness::{Cluster, LONG, fill, names, producers};
use crate::raft::node::RaftNode;

/// Waits until what a node has heard of leaders is as wanted.
async fn silence(node: &RaftNode, is: impl Fn(Duration) -> bool) {
    let wanted = async {
        while !node.leader_silence().is_some_and(&is) {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, wanted).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_cut_off_hears_of_no_leader_and_the_others_do() {
    let cluster = Cluster::started().await;
    let (leader, _) = cluster.leader().await;
    let limit = Duration::from_secs(2);
    for node in cluster.nodes.values() {
        silence(node, |silence| silence < limit).await;
    }
    cluster.switch.cut(leader);
    silence(&cluster.nodes[&leader], |silence| silence > limit).await;
    cluster.leader_other_than(leader).await;
    let others = cluster.nodes.iter().filter(|(id, _)| **id != leader);
    for (_, node) in others {
        silence(node, |silence| silence < limit).await;
    }
    let lone = cluster.nodes[&leader].leader_silence();
    assert!(lone.is_some_and(|silence| silence > limit), "{lone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_reads_what_was_acknowledged_before() {
    let cluster = Cluster::started().await;
    let (leader, _) = cluster.leader().await;
    let last = fill(&cluster.nodes[&leader], names("p", 10)).await;
    for node in cluster.nodes.values() {
        let index = node.read_index().await.expect("confirmed");
        assert!(index >= last);
        assert_eq!(producers(&node.catalog()), names("p", 10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_without_quorum_answers_no_read() {
    let cluster = Cluster::started().await;
    let (leader, _) = cluster.leader().await;
    cluster.switch.cut(leader);
    let error = cluster.nodes[&leader]
        .read_index()
        .await
        .expect_err("unconfirmed");
    assert!(
        [ErrorKind::Unavailable, ErrorKind::NotLeader].contains(&error.kind()),
        "{error:?}"
    );
    let (second, _) = cluster.leader_other_than(leader).await;
    cluster.nodes[&second]
        .read_index()
        .await
        .expect("confirmed");
}
