//! The feed and what a subscriber misses.

use std::sync::Arc;

use tagma_core::catalog::{Catalog, Command, CreateCluster, Entry, Outcome};
use tagma_core::{LogIndex, Term};

use super::feed::CAPACITY;
use super::{AppliedEntry, FeedEvent, Position, Published};

fn entry() -> Entry {
    let create = CreateCluster {
        cluster_id: "c".into(),
        shard_count: 1,
        key_fingerprint: String::new(),
        zone: "UTC".into(),
    };
    Entry {
        stamp: 1,
        request: None,
        command: Command::CreateCluster(create),
    }
}

/// Publishes entry `index`.
fn advance(published: &Published, index: u64) {
    let (index, term) = (LogIndex(index), Term(1));
    let mut catalog = Catalog::default();
    catalog.pass(index, term);
    let applied = AppliedEntry {
        index,
        term,
        entry: Arc::new(entry()),
        outcome: Arc::new(Outcome::Done),
    };
    let position = Position {
        index,
        term,
        term_start: LogIndex(1),
    };
    published.advance(&catalog, vec![applied], position);
}

async fn next_index(feed: &mut super::Feed) -> Option<LogIndex> {
    match feed.next().await {
        Some(FeedEvent::Applied(applied)) => Some(applied.index),
        _ => None,
    }
}

#[tokio::test]
async fn a_subscriber_sees_every_entry_in_order_and_the_catalog_first() {
    let published = Published::new();
    let mut feed = published.subscribe();
    for index in 1..=100 {
        advance(&published, index);
        assert_eq!(published.catalog().applied, LogIndex(index));
        assert_eq!(*published.applied().borrow(), LogIndex(index));
    }
    for index in 1..=100 {
        assert_eq!(next_index(&mut feed).await, Some(LogIndex(index)));
    }
}

#[tokio::test]
async fn a_slow_subscriber_is_told_and_goes_on_after_the_catalog() {
    let published = Published::new();
    let mut feed = published.subscribe();
    let last = CAPACITY as u64 + 10;
    (1..=last).for_each(|index| advance(&published, index));
    assert!(matches!(feed.next().await, Some(FeedEvent::Missed)));
    assert_eq!(published.catalog().applied, LogIndex(last));
    advance(&published, last + 1);
    assert_eq!(next_index(&mut feed).await, Some(LogIndex(last + 1)));
}

#[tokio::test]
async fn a_state_that_came_as_a_whole_is_a_gap_and_the_end_is_told() {
    let published = Published::new();
    let mut feed = published.subscribe();
    let position = Position {
        index: LogIndex(50),
        term: Term(2),
        term_start: LogIndex(40),
    };
    published.replace(&Catalog::default(), position);
    assert!(matches!(feed.next().await, Some(FeedEvent::Missed)));
    assert_eq!(*published.position().borrow(), position);
    drop(published);
    assert!(feed.next().await.is_none());
}
