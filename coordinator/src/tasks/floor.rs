//! Moves the floor: indexes older than the retention are no longer readable.

use std::time::Duration;

use tagma_core::{LogIndex, catalog::Catalog, catalog::Command};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    clock::now_micros,
    service::{Context, propose_accepted},
};

/// How often the floor is looked at.
const TICK: Duration = Duration::from_secs(60);

/// Runs until `stop`.
pub(crate) async fn advance_floor(context: Context, retention: Duration, stop: CancellationToken) {
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
        let oldest = now_micros() - i64::try_from(retention.as_micros()).unwrap_or(i64::MAX);
        let Some(to) = newest_before(&context.catalog(), oldest) else {
            continue;
        };
        let command = Command::AdvanceFloor { to };
        if let Err(error) = propose_accepted(&context.raft, command, None).await {
            warn!(%error, "the floor was not moved");
        }
    }
}

/// The newest index stamped at or before `micros`, where that is above the floor.
fn newest_before(catalog: &Catalog, micros: i64) -> Option<LogIndex> {
    let old = catalog
        .stamps
        .iter()
        .take_while(|(_, stamp)| **stamp <= micros);
    old.map(|(index, _)| *index)
        .last()
        .filter(|index| *index > catalog.floor)
}
