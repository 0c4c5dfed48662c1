//! Requests that wait while the sequencer cannot take them.

use std::sync::Arc;

use futures::{FutureExt, future::join_all};
use tagma_core::{ErrorKind, LogIndex, catalog::ApplyDocuments, catalog::RequestId};
use tagma_identity::HashKey;
use tagma_store::Store;
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use crate::{
    identity::Directory,
    journal::JournalCache,
    sequencer::{Sequencer, handle::QUEUE_REQUESTS},
    testing::Alone,
};

/// A sequencer whose identity map follows nothing, so that it waits before it leads.
fn held_up(node: &Alone) -> (Sequencer, crate::sequencer::SequencerHandle) {
    let store = Store::open_local(&Desk::objects(node)).expect("a store");
    let key = HashKey::from_bytes(&[5; 32]).expect("a key");
    let directory = Arc::new(Directory::new(key, None));
    let journal = Arc::new(JournalCache::new(store.clone()));
    Sequencer::new(node.raft.clone(), store, directory, journal)
}

fn request(number: usize) -> RequestId {
    RequestId(format!("request-{number}"))
}

#[tokio::test]
async fn a_full_queue_refuses_with_a_hint() {
    let node = Alone::start().await;
    let (_sequencer, handle) = held_up(&node);
    let define = |number| handle.define(ApplyDocuments::default(), request(number));
    let mut waiting: Vec<_> = (0..QUEUE_REQUESTS).map(|n| define(n).boxed()).collect();
    for request in &mut waiting {
        assert!(request.now_or_never().is_none(), "it waits");
    }
    let error = define(QUEUE_REQUESTS).await.expect_err("full");
    assert_eq!(error.kind(), ErrorKind::Exhausted, "{error}");
    assert!(error.retry_after().is_some_and(|ms| ms > 0));
}

#[tokio::test]
async fn who_waits_for_a_leader_that_is_gone_is_told() {
    let node = Alone::start().await;
    let (sequencer, handle) = held_up(&node);
    let stop = CancellationToken::new();
    let before = node.raft.catalog().applied;
    let task = tokio::spawn(sequencer.run(stop.clone()));
    // Its barrier is in the log: it waits for the map now, and requests wait for it.
    node.until(|catalog| catalog.applied > LogIndex(before.0))
        .await;
    let requests = (0..3).map(|number| {
        let handle = handle.clone();
        async move {
            let documents = ApplyDocuments::default();
            handle.define(documents, request(number)).await
        }
    });
    let requests = tokio::spawn(join_all(requests.collect::<Vec<_>>()));
    node.raft.shutdown().await.expect("stops");
    for answer in requests.await.expect("all are answered") {
        assert_eq!(answer.expect_err("no leader").kind(), ErrorKind::NotLeader);
    }
    stop.cancel();
    task.await.expect("ends");
}
