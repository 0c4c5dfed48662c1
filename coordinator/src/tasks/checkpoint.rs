//! Publishes identity checkpoints when the map has grown.

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{identity::Checkpoints, service::Context, settings::CheckpointLimits};

/// Runs until `stop`, looking at the map once an interval.
pub(crate) async fn make_checkpoints(
    context: Context,
    checkpoints: Checkpoints,
    limits: CheckpointLimits,
    stop: CancellationToken,
) {
    let mut ticks = interval(limits.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if !context.raft.leadership().borrow().is_leader {
            continue;
        }
        let advanced = checkpoints.advance(&context.raft, &context.directory, &limits);
        if let Err(error) = advanced.await {
            warn!(%error, "no identity checkpoint was made");
        }
    }
}
