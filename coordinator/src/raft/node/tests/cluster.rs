//! Three nodes: bootstrap in any order, a leader dies, hand-over, bound proposals.

use tagma_core::ErrorKind;

use super::harness::{Cluster, create, fill, names, open_producer, producers, propose, until};
use crate::raft::node::ProposeError;

#[tokio::test(flavor = "multi_thread")]
async fn nodes_may_start_and_bootstrap_in_any_order() {
    let mut cluster = Cluster::new();
    cluster.start(3).await;
    cluster.bootstrap([3]).await;
    cluster.start(1).await;
    cluster.bootstrap([1, 3]).await;
    let (leader, _) = cluster.leader().await;
    let last = fill(&cluster.nodes[&leader], names("p", 5)).await;
    cluster.start(2).await;
    cluster.bootstrap([2, 1, 3]).await;
    cluster.agree_at(last).await;
    assert_eq!(producers(&cluster.nodes[&2].catalog()), names("p", 5));
    let leader = cluster.nodes[&2].leadership();
    let known = until(&mut leader.clone(), |now| now.leader.is_some())
        .await
        .leader;
    let (id, address) = known.expect("a leader");
    assert_eq!(address, format!("node-{id}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_takes_over_and_nothing_acknowledged_is_lost() {
    let mut cluster = Cluster::started().await;
    let (first, term) = cluster.leader().await;
    fill(&cluster.nodes[&first], names("before", 20)).await;
    cluster.kill(first).await;
    let (second, later) = cluster.leader().await;
    assert!(second != first && later > term);
    for name in names("after", 20) {
        let node = &cluster.nodes[&second];
        propose(node, &open_producer(name), Some(later)).await;
    }
    let expected = [names("before", 20), names("after", 20)].concat();
    assert_eq!(producers(&cluster.nodes[&second].catalog()), expected);
    cluster.start(first).await;
    cluster.bootstrap([first]).await;
    let last = cluster.nodes[&second].catalog().applied;
    cluster.agree_at(last).await;
    assert_eq!(producers(&cluster.nodes[&first].catalog()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_stops_hands_over() {
    let mut cluster = Cluster::started().await;
    let (first, term) = cluster.leader().await;
    fill(&cluster.nodes[&first], names("p", 3)).await;
    let node = cluster.nodes.remove(&first).expect("runs");
    node.shutdown().await.expect("stops");
    cluster.switch.unplug(first);
    let (second, later) = cluster.leader().await;
    assert!(second != first && later > term);
    assert_eq!(producers(&cluster.nodes[&second].catalog()), names("p", 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_bound_to_an_older_leadership_is_refused() {
    let cluster = Cluster::started().await;
    let (first, term) = cluster.leader().await;
    propose(&cluster.nodes[&first], &create(), Some(term)).await;
    cluster.switch.cut(first);
    let (second, later) = cluster.leader_other_than(first).await;
    propose(&cluster.nodes[&second], &open_producer("new"), Some(later)).await;
    cluster.switch.heal(first);
    let deposed = &cluster.nodes[&first];
    until(&mut deposed.leadership(), |now| {
        now.term >= later && !now.is_leader
    })
    .await;
    let error = deposed
        .propose(&open_producer("old"), Some(term))
        .await
        .expect_err("refused");
    assert!(matches!(error, ProposeError::TermChanged { bound_to, .. } if bound_to == term));
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let node = &cluster.nodes[&second];
    let error = node
        .propose(&open_producer("old"), Some(term))
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let error = deposed
        .propose(&open_producer("old"), None)
        .await
        .expect_err("refused");
    let leader = Some(format!("node-{second}"));
    assert_eq!(error, ProposeError::NotLeader { leader });
    assert_eq!(producers(&node.catalog()), ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_without_quorum_never_acknowledges() {
    let cluster = Cluster::started().await;
    let (first, term) = cluster.leader().await;
    propose(&cluster.nodes[&first], &create(), Some(term)).await;
    cluster.switch.cut(first);
    let lonely = cluster.nodes[&first]
        .submit(&open_producer("lonely"), Some(term))
        .await;
    let (second, later) = cluster.leader_other_than(first).await;
    propose(&cluster.nodes[&second], &open_producer("new"), Some(later)).await;
    cluster.switch.heal(first);
    let error = lonely
        .expect("queued")
        .outcome()
        .await
        .expect_err("not acknowledged");
    let kinds = [
        ErrorKind::Timeout,
        ErrorKind::Unavailable,
        ErrorKind::Conflict,
    ];
    assert!(kinds.contains(&error.kind()), "{error:?}");
    let last = cluster.nodes[&second].catalog().applied;
    cluster.agree_at(last).await;
    assert_eq!(producers(&cluster.nodes[&first].catalog()), ["new"]);
}
