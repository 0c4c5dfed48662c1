//! The end of a tag run that has no answer: closed, unless it turns out to have been published.

use std::time::Duration;

use tagma_core::{
    ErrorKind,
    catalog::{Command, JobId},
};

use super::propose;
use crate::{
    error::{Error, Result},
    raft::RaftNode,
};

/// Time for the next leader to close what this one could not.
const DECIDED_PATIENCE: Duration = Duration::from_secs(10);

/// Settles a job whose run ended with `error`: closes it, so that it pins nothing. Does nothing
/// where it was published after all, as by a proposal whose outcome was unknown.
///
/// # Errors
/// `error`, where no version has changed; Timeout where that cannot be told.
pub(super) async fn settle(raft: &RaftNode, job: JobId, error: Error) -> Result<()> {
    let command = Command::FailJob {
        job,
        reason: error.to_string(),
    };
    match propose(raft, command, None, None).await {
        Ok(applied) if !applied.outcome.is_refusal() => return Err(definite(error)),
        // It is closed: the catalog says how.
        Ok(_) => {}
        Err(also) => {
            tracing::warn!(job = job.0, error = %also, "a failed run stays open for a while");
            if error.kind() != ErrorKind::Timeout {
                // Never published; the leader closes it.
                return Err(error);
            }
            decided(raft, job).await?;
        }
    }
    match raft.catalog().published_by(job).is_empty() {
        true => Err(definite(error)),
        false => Ok(()),
    }
}

/// Waits until the job is closed, by whomever.
async fn decided(raft: &RaftNode, job: JobId) -> Result<()> {
    let mut applied = raft.applied();
    let closed = applied.wait_for(|_| !raft.catalog().jobs.contains_key(&job));
    match tokio::time::timeout(DECIDED_PATIENCE, closed).await {
        Ok(Ok(_)) => Ok(()),
        _ => {
            let message = "it is not known whether this was published: see `tagma tag show`";
            Err(Error::new(ErrorKind::Timeout, message))
        }
    }
}

/// The error of a run that is known to have published nothing.
fn definite(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Timeout => {
            let message = format!("not published ({error}): run it again");
            Error::new(ErrorKind::Unavailable, message)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use tagma_core::catalog::{ObjectRef, PublishTags, PublishedTag};

    use super::*;
    use crate::testing::Alone;

    fn unknown() -> Error {
        Error::new(ErrorKind::Timeout, "no quorum has answered in time")
    }

    #[tokio::test]
    async fn a_publish_of_unknown_outcome_that_took_place_is_no_failure() {
        let node = Alone::start().await;
        let job = node.open_job("vip").await;
        let publish = PublishTags {
            job,
            manifest: ObjectRef {
                key: "tag/manifest".to_owned(),
                bytes: 1,
            },
            tags: vec![PublishedTag {
                name: Alone::name("vip"),
                rows: 7,
            }],
        };
        let published = node.propose(Command::PublishTags(publish)).await;
        settle(&node.raft, job, unknown())
            .await
            .expect("it was published");
        let catalog = node.raft.catalog();
        let versions = catalog.published_by(job);
        assert_eq!(versions.len(), 1);
        assert_eq!((versions[0].index, versions[0].rows), (published, 7));
        assert!(catalog.failed_jobs.is_empty());
    }

    #[tokio::test]
    async fn a_run_that_published_nothing_is_closed_and_says_so() {
        let node = Alone::start().await;
        let job = node.open_job("vip").await;
        let error = settle(&node.raft, job, unknown())
            .await
            .expect_err("failed");
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(node.raft.catalog().jobs.is_empty());

        let job = node.open_job("vip").await;
        let wrong = Error::new(ErrorKind::Invalid, "two values for one person");
        let error = settle(&node.raft, job, wrong.clone())
            .await
            .expect_err("failed");
        assert_eq!(error, wrong);
        assert!(node.raft.catalog().jobs.is_empty());
        // Again: it is closed, and was not published.
        assert_eq!(settle(&node.raft, job, wrong.clone()).await, Err(wrong));
    }
}
