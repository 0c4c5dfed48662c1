//! One node: proposals, order, restart, refusals.

use std::collections::BTreeMap;

use tagma_core::catalog::{Command, Entry, Outcome};
use tagma_core::{ErrorKind, LogIndex, Term};
use tempfile::TempDir;

use super::harness::{LONG, create, fill, names, open_producer, producers, until};
use crate::raft::node::{Leadership, ProposeError, RaftNode};
use crate::raft::settings::RaftSettings;
use crate::raft::state_machine::FeedEvent;

async fn start(folder: &TempDir) -> RaftNode {
    let members = BTreeMap::from([(1, "127.0.0.1:1".to_owned())]);
    let settings = RaftSettings::new("alone", 1, members, folder.path());
    let node = RaftNode::start(settings).await.expect("starts");
    node.bootstrap().await.expect("bootstraps");
    until(&mut node.leadership(), |now| {
        now.is_leader && now.first_index_of_term.is_some()
    })
    .await;
    node
}

#[tokio::test]
async fn what_is_acknowledged_is_there_after_a_restart() {
    let folder = TempDir::new().expect("temporary folder");
    let node = start(&folder).await;
    let last = fill(&node, names("p", 20)).await;
    let catalog = node.catalog();
    assert_eq!(catalog.applied, last);
    assert_eq!(producers(&catalog), names("p", 20));
    let term = node.leadership().borrow().term;
    node.shutdown().await.expect("stops");
    let error = node
        .propose(&open_producer("late"), None)
        .await
        .expect_err("stopped");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    drop(node);

    let node = start(&folder).await;
    let leadership = node.leadership().borrow().clone();
    assert!(
        leadership.term > term,
        "a restarted leader is elected again"
    );
    assert_eq!(leadership.leader, Some((1, "127.0.0.1:1".to_owned())));
    assert!(leadership.first_index_of_term > Some(last));
    assert_eq!(producers(&node.catalog()), names("p", 20));
    assert_eq!(node.catalog().cluster, catalog.cluster);
    node.shutdown().await.expect("stops");
}

#[tokio::test]
async fn proposals_under_way_keep_the_order_of_their_calls() {
    let folder = TempDir::new().expect("temporary folder");
    let node = start(&folder).await;
    let mut feed = node.subscribe();
    node.propose(&create(), None).await.expect("applies");
    let mut submitted = Vec::new();
    for name in names("p", 300) {
        submitted.push(
            node.submit(&open_producer(name), None)
                .await
                .expect("queued"),
        );
    }
    let mut last = LogIndex::ZERO;
    for submitted in submitted {
        let applied = submitted.outcome().await.expect("applies");
        assert!(applied.index > last);
        last = applied.index;
    }
    assert_eq!(producers(&node.catalog()), names("p", 300));
    let mut fed = Vec::new();
    while fed.len() < 301 {
        let Some(FeedEvent::Applied(applied)) = feed.next().await else {
            panic!("a subscriber that keeps up misses nothing");
        };
        fed.push(applied);
    }
    assert!(fed.is_sorted_by(|a, b| a.index < b.index));
    assert_eq!(fed.last().map(|applied| applied.index), Some(last));
    assert_eq!(*fed[1].entry, open_producer("p-0"));
    assert!(matches!(
        *fed[1].outcome,
        Outcome::Producer {
            last_sequence: 0,
            ..
        }
    ));
    node.shutdown().await.expect("stops");
}

#[tokio::test]
async fn proposals_that_cannot_be_are_refused() {
    let folder = TempDir::new().expect("temporary folder");
    let node = start(&folder).await;
    let term = node.leadership().borrow().term;
    node.propose(&create(), Some(term))
        .await
        .expect("bound to the current term");
    let other = Term(term.0 + 1);
    let error = node
        .propose(&open_producer("p"), Some(other))
        .await
        .expect_err("refused");
    let ProposeError::TermChanged { bound_to, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((*bound_to, error.kind()), (other, ErrorKind::Conflict));
    let reason = "x".repeat(2 * 1024 * 1024);
    let command = Command::OpenProducer { name: reason };
    let large = Entry {
        stamp: 1,
        request: None,
        command,
    };
    let error = node.propose(&large, None).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(producers(&node.catalog()), Vec::<String>::new());
    node.shutdown().await.expect("stops");
}

#[tokio::test]
async fn a_node_that_knows_no_cluster_takes_no_proposal() {
    let folder = TempDir::new().expect("temporary folder");
    let members = BTreeMap::from([(2, "127.0.0.1:1".to_owned())]);
    let settings = RaftSettings::new("alone", 1, members, folder.path());
    let node = RaftNode::start(settings).await.expect("starts");
    assert_eq!(*node.leadership().borrow(), Leadership::default());
    let error = node.propose(&create(), None).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::NotLeader);
    let error = node.bootstrap().await.expect_err("not a member");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    node.shutdown().await.expect("stops");
}

#[tokio::test]
async fn a_damaged_log_stops_the_start_and_names_the_file() {
    let folder = TempDir::new().expect("temporary folder");
    let node = start(&folder).await;
    fill(&node, names("p", 20)).await;
    node.shutdown().await.expect("stops");
    drop(node);
    let file = folder.path().join("log").join("log.redb");
    let mut content = std::fs::read(&file).expect("reads");
    content[..320].fill(0xa5);
    std::fs::write(&file, content).expect("writes");
    let settings = RaftSettings::new("alone", 1, BTreeMap::new(), folder.path());
    let error = RaftNode::start(settings).await.err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("log.redb"), "{error}");
}

#[tokio::test]
async fn a_node_that_is_dropped_stops_and_lets_go_of_its_files() {
    let folder = TempDir::new().expect("temporary folder");
    let node = start(&folder).await;
    fill(&node, names("p", 3)).await;
    let settings = node.settings().clone();
    let mut leadership = node.leadership();
    drop(node);
    while leadership.changed().await.is_ok() {}
    let opened = async {
        loop {
            match RaftNode::start(settings.clone()).await {
                Ok(node) => return node,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}"),
            }
        }
    };
    let node = tokio::time::timeout(LONG, opened).await.expect("in time");
    until(&mut node.leadership(), |now| {
        now.is_leader && now.first_index_of_term.is_some()
    })
    .await;
    assert_eq!(producers(&node.catalog()), names("p", 3));
    node.shutdown().await.expect("stops");
}
