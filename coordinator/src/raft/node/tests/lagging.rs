//! Snapshots: a node that was away longer than the log reaches back, and a restart from one.

use super::harness::{Cluster, fill, names, open_producer, producers, propose, until};
use crate::raft::state_machine::FeedEvent;

#[tokio::test(flavor = "multi_thread")]
async fn a_lagging_node_gets_a_snapshot_and_then_the_log() {
    let mut cluster = Cluster::with_snapshots(50, 10);
    for id in 1..=3 {
        cluster.start(id).await;
    }
    cluster.bootstrap([1, 2, 3]).await;
    let (leader, term) = cluster.leader().await;
    let away = if leader == 3 { 2 } else { 3 };
    let mut feed = cluster.nodes[&away].subscribe();
    cluster.switch.cut(away);
    fill(&cluster.nodes[&leader], names("p", 300)).await;
    let leading = cluster.nodes[&leader].clone();
    purged_beyond(&leading, 200).await;
    cluster.switch.heal(away);
    let last = leading.catalog().applied;
    cluster.agree_at(last).await;
    let returned = cluster.nodes[&away].clone();
    assert_eq!(producers(&returned.catalog()), names("p", 300));
    let missed = feed.next().await;
    assert!(
        matches!(missed, Some(FeedEvent::Missed)),
        "a snapshot is a gap: {missed:?}"
    );
    let start = leading.leadership().borrow().first_index_of_term;
    let known = until(&mut returned.leadership(), |now| now.term >= term).await;
    assert_eq!(
        known.first_index_of_term, start,
        "the snapshot tells where the term began"
    );
    drop(returned);

    // Restarted from the snapshot that was sent to it, and the log behind it.
    cluster.kill(away).await;
    cluster.start(away).await;
    for name in names("q", 5) {
        propose(&leading, &open_producer(name), None).await;
    }
    cluster.agree_at(leading.catalog().applied).await;
    let expected = [names("p", 300), names("q", 5)].concat();
    assert_eq!(producers(&cluster.nodes[&away].catalog()), expected);
}

/// Waits until the node's log no longer reaches back to `index`.
async fn purged_beyond(node: &crate::raft::node::RaftNode, index: u64) {
    let waiting = node.raft().wait(Some(super::harness::LONG));
    let purged = |metrics: &openraft::RaftMetrics<crate::raft::types::TypeConfig>| {
        metrics.purged.is_some_and(|id| id.index > index)
    };
    waiting.metrics(purged, "purged").await.expect("in time");
}
