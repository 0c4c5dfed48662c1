//! Gives shards to live workers, and takes them from silent ones.

use std::time::Duration;

use tagma_core::catalog::{Command, place};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::service::{Context, propose_accepted};

/// How often owners are looked at.
const TICK: Duration = Duration::from_millis(200);

/// Time that a new leader gives workers to be heard before it moves a shard.
const GRACE: Duration = Duration::from_millis(2_500);

/// Time for the workers of a new cluster to come up before shards are first given.
const FIRST_GRACE: Duration = Duration::from_millis(500);

/// Runs until `stop`.
pub(crate) async fn place_shards(context: Context, stop: CancellationToken) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut leads_since: Option<Instant> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if !context.raft.leadership().borrow().is_leader {
            leads_since = None;
            continue;
        }
        let since = *leads_since.get_or_insert_with(Instant::now);
        tick(&context, since).await;
    }
}

async fn tick(context: &Context, leads_since: Instant) {
    let catalog = context.catalog();
    let live = context.served.live_workers();
    let is_new = catalog
        .shards
        .values()
        .all(|assignment| assignment.owner.is_none());
    let grace = if is_new { FIRST_GRACE } else { GRACE };
    if leads_since.elapsed() < grace {
        return;
    }
    let owners = place(&catalog, &live);
    if owners.is_empty() {
        return;
    }
    info!(
        shards = owners.len(),
        workers = live.len(),
        "shards are assigned"
    );
    let command = Command::AssignShards { owners };
    if let Err(error) = propose_accepted(&context.raft, command, None).await {
        warn!(%error, "shards were not assigned");
    }
}
