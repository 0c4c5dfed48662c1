//! Deletes objects that nothing names and nothing can name any more.
//!
//! Owns the read window: an object is deleted only after it has been seen dead for that long, so
//! that whoever reads by an older catalog is done. A new leader starts to count anew.

use std::{collections::BTreeMap, time::Duration};

use tagma_core::{
    ErrorKind, Term,
    catalog::{Catalog, Needed},
};
use tagma_store::{Store, crash_point};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{error::Result, raft::RaftNode, settings::CleanLimits};

/// Folders that are cleaned here; shards clean up their own.
const FOLDERS: [&str; 3] = ["journal", "identity", "tag"];

/// Runs until `stop`; the leader's acts, the others' waits.
pub(crate) async fn clean_up(
    raft: RaftNode,
    store: Store,
    limits: CleanLimits,
    stop: CancellationToken,
) {
    let mut ticks = interval(limits.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut dead = Dead::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = raft.leadership().borrow().clone();
        if !now.is_leader || now.first_index_of_term.is_none() {
            dead = Dead::default();
            continue;
        }
        let catalog = raft.catalog();
        let cleaned = clean(&catalog, now.term, &store, &mut dead, limits.window);
        tokio::select! {
            () = stop.cancelled() => return,
            cleaned = cleaned => match cleaned {
                Ok(0) => {}
                Ok(objects) => info!(objects, "objects that nothing names are deleted"),
                Err(error) => warn!(%error, "clean-up goes on later"),
            },
        }
    }
}

/// Dead objects, and since when they are known to be.
#[derive(Debug, Default)]
struct Dead {
    since: BTreeMap<String, Instant>,
}

impl Dead {
    /// Takes a listing of dead objects; those that have been dead for `window`.
    fn due(&mut self, dead: Vec<String>, now: Instant, window: Duration) -> Vec<String> {
        let before = std::mem::take(&mut self.since);
        for key in dead {
            let since = before.get(&key).copied().unwrap_or(now);
            self.since.insert(key, since);
        }
        let due = self.since.iter();
        let due = due.filter(|(_, since)| now.saturating_duration_since(**since) >= window);
        due.map(|(key, _)| key.clone()).collect()
    }
}

/// One pass; how many objects it has deleted.
async fn clean(
    catalog: &Catalog,
    term: Term,
    store: &Store,
    dead: &mut Dead,
    window: Duration,
) -> Result<usize> {
    let needed = Needed::new(catalog, term);
    let mut found = Vec::new();
    for folder in FOLDERS {
        let listed = store.list(folder).await?.into_iter().map(|(key, _)| key);
        found.extend(listed.filter(|key| !needed.is_needed(key)));
    }
    let due = dead.due(found, Instant::now(), window);
    for key in &due {
        crash_point("clean.before_delete");
        match store.delete(key).await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        dead.since.remove(key);
        crash_point("clean.after_delete");
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use tagma_core::{
        ShardId,
        catalog::{Command, JobId},
    };
    use tagma_store::{Nonce, ObjectKind, encode_single};

    use super::*;
    use crate::testing::Alone;

    #[test]
    fn an_object_is_due_a_window_after_it_was_first_seen_dead() {
        let (mut dead, start) = (Dead::default(), Instant::now());
        let second = Duration::from_secs(1);
        let seen = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let mut due = |keys: &[&str], at| dead.due(seen(keys), start + second * at, second * 10);
        assert!(due(&["a"], 0).is_empty());
        assert!(due(&["a", "b"], 9).is_empty());
        assert_eq!(due(&["a", "b"], 10), ["a"]);
        assert_eq!(due(&["b"], 19), ["b"]);
        // Who was not seen in between starts anew.
        assert!(due(&["a"], 20).is_empty());
    }

    async fn put(store: &Store, key: &str) {
        let nonce = Nonce::random();
        let object = encode_single(ObjectKind::Pack, nonce, b"values");
        store.create(key, object, nonce).await.expect("stored");
    }

    async fn keys(store: &Store) -> Vec<String> {
        let listed = store.list("").await.expect("listed");
        listed.into_iter().map(|(key, _)| key).collect()
    }

    #[tokio::test]
    async fn only_what_an_earlier_term_left_behind_goes() {
        let mut node = Alone::start().await;
        let store = Store::open_local(&node.folder.path().join("objects")).expect("a store");
        let shard = ShardId::new(1).expect("a shard");
        let sections = [(shard, b"rows".to_vec())];
        let (_, named) = node.commit_batch(&store, &sections, &[]).await;
        let term = node.raft.leadership().borrow().term.0;
        let lost = format!("journal/{term:016}/{:020}-lost", 9);
        let JobId(failed) = node.open_job("vip").await;
        let JobId(open) = node.open_job("vip").await;
        node.propose(Command::FailJob {
            job: JobId(failed),
            reason: String::new(),
        })
        .await;
        let (dead, live) = (format!("tag/{failed:020}/x"), format!("tag/{open:020}/x"));
        for key in [&lost, &dead, &live] {
            put(&store, key).await;
        }
        let run = "shard/00001/1/run-x".to_owned();
        put(&store, &run).await;

        let window = Duration::ZERO;
        let now = Term(term);
        let catalog = node.raft.catalog();
        let cleaned = clean(&catalog, now, &store, &mut Dead::default(), window).await;
        assert_eq!(cleaned, Ok(1), "its term goes on");
        assert_eq!(
            keys(&store).await,
            [named.clone(), lost, run.clone(), live.clone()]
        );

        node.restart().await;
        let stop = CancellationToken::new();
        let limits = CleanLimits {
            interval: Duration::from_millis(1),
            window,
        };
        let raft = node.raft.clone();
        let task = tokio::spawn(clean_up(raft, store.clone(), limits, stop.clone()));
        while keys(&store).await.len() > 3 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        task.await.expect("ends");
        assert_eq!(keys(&store).await, [named, run, live]);
    }
}
