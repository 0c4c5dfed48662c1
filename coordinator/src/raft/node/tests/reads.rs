//! Linearizable reads, on the leader and on followers, and without quorum.

use tagma_core::ErrorKind;

use super::harness::{Cluster, fill, names, producers};

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
