//! Closes tag runs whose coordinator is gone: an open job pins an index for as long as it is open.

use std::{sync::Arc, time::Duration};

use tagma_core::{
    ErrorKind, Term,
    catalog::{Command, JobId},
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    raft::RaftNode,
    service::{Runs, propose},
};

/// How often the leader looks.
const TICK: Duration = Duration::from_secs(1);

/// Runs until `stop`. The leader alone can carry out runs, so what it does not carry out nobody
/// does: runs opened before its term, and those whose opening it took for failed.
pub(crate) async fn close_orphans(raft: RaftNode, runs: Arc<Runs>, stop: CancellationToken) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut leadership = raft.leadership();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
            changed = leadership.changed() => if changed.is_err() { return },
        }
        let now = leadership.borrow_and_update().clone();
        // Before the term's first entry is applied, a publish of an earlier term may be missing.
        if !now.is_leader || now.first_index_of_term.is_none() {
            continue;
        }
        for job in runs.orphans(&raft.catalog()) {
            close(&raft, job, now.term).await;
        }
    }
}

async fn close(raft: &RaftNode, job: JobId, term: Term) {
    let command = Command::FailJob {
        job,
        reason: "the coordinator that ran it is gone: run it again".to_owned(),
    };
    match propose(raft, command, None, Some(term)).await {
        Ok(applied) if !applied.outcome.is_refusal() => {
            info!(job = job.0, "a run without a runner is closed");
        }
        // It ended by itself.
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotLeader => {}
        Err(error) => warn!(job = job.0, %error, "a run without a runner stays open"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Alone;

    #[tokio::test]
    async fn jobs_without_a_runner_are_closed_and_others_are_not() {
        let mut node = Alone::start().await;
        let left = node.open_job("vip").await;
        let floor = node.propose(Command::Barrier).await;
        node.propose(Command::AdvanceFloor { to: floor }).await;
        node.restart().await;
        let oldest = node.raft.catalog().oldest_kept();
        assert_eq!(oldest.0, left.0, "it pins its index");

        let runs = Arc::new(Runs::default());
        let running = runs.opening();
        let kept = node.open_job("vip").await;
        let running = running.opened(kept);
        let stop = CancellationToken::new();
        let task = tokio::spawn(close_orphans(node.raft.clone(), runs.clone(), stop.clone()));
        node.until(|catalog| !catalog.jobs.contains_key(&left))
            .await;
        let catalog = node.raft.catalog();
        assert!(catalog.jobs.contains_key(&kept), "its runner lives");
        assert_eq!(catalog.failed_jobs.len(), 1);

        drop(running);
        node.until(|catalog| catalog.jobs.is_empty()).await;
        assert_eq!(node.raft.catalog().oldest_kept(), floor);
        stop.cancel();
        task.await.expect("ends");
    }

    #[tokio::test]
    async fn a_job_that_is_being_opened_is_nobodys_orphan() {
        let node = Alone::start().await;
        let runs = Arc::new(Runs::default());
        let opening = runs.opening();
        let job = node.open_job("vip").await;
        assert!(runs.orphans(&node.raft.catalog()).is_empty());
        drop(opening);
        assert_eq!(runs.orphans(&node.raft.catalog()), [job]);
    }
}
