//! Registering: asked again until a coordinator gives the worker its number.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::home::{Home, Registration};

const PAUSE_FIRST: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// The worker's number and cluster; `None` if it was stopped before.
pub async fn register(
    home: &Arc<dyn Home>,
    name: &str,
    address: &str,
    stop: &CancellationToken,
) -> Option<Registration> {
    let mut pause = PAUSE_FIRST;
    loop {
        let answer = tokio::select! {
            () = stop.cancelled() => return None,
            answer = home.register(name, address) => answer,
        };
        match answer {
            Ok(registration) => {
                let node = registration.node.0;
                tracing::info!(
                    node,
                    cluster = registration.cluster_id,
                    "worker is registered"
                );
                return Some(registration);
            }
            Err(error) => tracing::debug!(%error, "no coordinator registers this worker yet"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}
