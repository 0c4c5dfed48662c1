//! The two ways to ask a server to stop.

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Returns at the first SIGTERM or SIGINT after the call.
///
/// # Errors
/// Where signals cannot be received.
pub(super) async fn asked_to_stop() -> Result<(), Failure> {
    let refused = |error| Failure::internal("signals cannot be received", error);
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
