//! Putting a manifest in the place of another, when the answer may get lost.
//!
//! Owns the question "whose manifest stands?" after anything but a plain yes. A commit is repeated
//! until that is known: it is a compare-and-set, so repeating it does no harm, while giving up
//! half-way would leave the shard with a base that may be wrong.

use std::sync::Arc;

use tagma_core::catalog::ManifestRef;
use tagma_core::{ErrorKind, LogIndex, ShardId};
use tokio::sync::watch;

use super::error::{Error, Result};
use super::upkeep::Upkeep;
use crate::agent::{BeatAnswer, HomeError, ManifestCommit};

/// What a coordinator says about the shard.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// The new manifest stands.
    New,
    /// The old one does, as far as that coordinator knows.
    Base,
    /// Another epoch, owner or manifest.
    Lost,
}

/// Commits `manifest` over the upkeep's base; an index at which it stands.
pub(super) async fn commit(upkeep: &mut Upkeep, manifest: ManifestRef) -> Result<LogIndex> {
    let (shard, epoch) = (upkeep.shard.id(), upkeep.shard.epoch());
    let lost = || Error::Lost { shard, epoch };
    loop {
        let commit = ManifestCommit {
            cluster_id: upkeep.cluster_id.clone(),
            shard,
            epoch,
            base: upkeep.base.clone(),
            manifest: manifest.clone(),
        };
        let closed = upkeep.shard.closed().clone();
        let answer = tokio::select! {
            () = closed.cancelled() => return Err(lost()),
            answer = upkeep.home.commit_manifest(commit) => answer,
        };
        let source = match answer {
            Ok(index) => return Ok(index),
            Err(source) => source,
        };
        let heard = tokio::select! {
            () = closed.cancelled() => return Err(lost()),
            heard = next_answer(&mut upkeep.owned, upkeep.base_since) => heard,
        };
        let Some(answer) = heard else {
            return Err(lost());
        };
        match standing(upkeep, shard, &answer, &manifest.object.key) {
            Standing::New => return Ok(answer.applied),
            Standing::Lost => return Err(lost()),
            Standing::Base if passes(&source) => {}
            Standing::Base => return Err(Error::Commit { shard, source }),
        }
    }
}

/// The next answer of a coordinator that knows the base: an older one would show another manifest.
async fn next_answer(
    answers: &mut watch::Receiver<Arc<BeatAnswer>>,
    base_since: LogIndex,
) -> Option<Arc<BeatAnswer>> {
    loop {
        answers.changed().await.ok()?;
        let answer = answers.borrow_and_update().clone();
        if answer.applied >= base_since {
            return Some(answer);
        }
    }
}

fn standing(upkeep: &Upkeep, shard: ShardId, answer: &BeatAnswer, new: &str) -> Standing {
    let Some(owned) = answer.owned.iter().find(|owned| owned.shard == shard) else {
        return Standing::Lost;
    };
    if owned.epoch != upkeep.shard.epoch() {
        return Standing::Lost;
    }
    match owned.manifest.as_deref() {
        Some(key) if key == new => Standing::New,
        key if key == upkeep.base.as_deref() => Standing::Base,
        _ => Standing::Lost,
    }
}

/// Whether the same commit may be taken later.
fn passes(error: &HomeError) -> bool {
    use ErrorKind as K;
    matches!(
        error.kind,
        K::Conflict | K::NotLeader | K::Unavailable | K::Timeout | K::Exhausted
    )
}
