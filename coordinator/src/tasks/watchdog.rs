//! Ends the process when the consensus has stopped: a log that cannot be written must not be
//! answered from.

use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::raft::RaftNode;

/// Runs until `stop`; ends the process with code 1 where the consensus stops before.
pub(crate) async fn end_with_consensus(raft: RaftNode, stop: CancellationToken) {
    let mut leadership = raft.leadership();
    tokio::select! {
        () = stop.cancelled() => {}
        stopped = leadership.wait_for(|now| now.stopped.is_some()) => {
            let reason = stopped.ok().and_then(|now| now.stopped.clone()).unwrap_or_default();
            error!(reason, "consensus has stopped, so does this process");
            std::process::exit(1);
        }
    }
}
