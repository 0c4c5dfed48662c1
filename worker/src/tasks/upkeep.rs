//! Upkeep of one shard: flush when due, then merge what has become too many; delete what is left.
//!
//! Owns the pace. Must not decide what a flush or a merge does.

use std::time::{Duration, Instant};

use crate::metrics;
use crate::shard::{Error, Upkeep, clean, compact, flush};

/// How often a shard without news is looked at, at most.
const TICK: Duration = Duration::from_secs(1);
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Keeps the shard in shape until it is closed or lost; whether it was lost.
pub(super) async fn keep_up(mut upkeep: Upkeep) -> bool {
    let closed = upkeep.shard.closed().clone();
    let mut news = upkeep.shard.news();
    let mut pause = PAUSE_FIRST;
    let tick = upkeep.limits.age.min(TICK);
    loop {
        tokio::select! {
            () = closed.cancelled() => return false,
            changed = news.changed() => if changed.is_err() { return false },
            () = tokio::time::sleep(tick) => {}
        }
        let error = match work(&mut upkeep).await {
            Ok(()) => {
                pause = PAUSE_FIRST;
                continue;
            }
            Err(error) => error,
        };
        if closed.is_cancelled() {
            return false;
        }
        if matches!(error, Error::Lost { .. }) {
            return true;
        }
        metrics::upkeep_failed(error.kind());
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(shard = %upkeep.shard.id(), %error, cause, "upkeep of a shard failed");
        tokio::select! {
            () = closed.cancelled() => return false,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn work(upkeep: &mut Upkeep) -> Result<(), Error> {
    if upkeep.limits.reached(&upkeep.shard, Instant::now()) {
        let start = Instant::now();
        flush(upkeep).await?;
        metrics::flushed(start.elapsed());
        let start = Instant::now();
        while compact(upkeep).await? {
            metrics::compacted(start.elapsed());
        }
    }
    let objects = clean(upkeep, Instant::now()).await?;
    if objects > 0 {
        tracing::info!(shard = %upkeep.shard.id(), objects, "objects that nobody reads are gone");
    }
    Ok(())
}
