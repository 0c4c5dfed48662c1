//! Publishes identity checkpoints when the map has grown.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{identity::Checkpoints, service::Context};

/// How often the map is looked at.
const TICK: Duration = Duration::from_secs(5);

/// Runs until `stop`.
pub(crate) async fn make_checkpoints(
    context: Context,
    checkpoints: Checkpoints,
    stop: CancellationToken,
) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if !context.raft.leadership().borrow().is_leader {
            continue;
        }
        if let Err(error) = checkpoints.advance(&context.raft, &context.directory).await {
            warn!(%error, "no identity checkpoint was made");
        }
    }
}
