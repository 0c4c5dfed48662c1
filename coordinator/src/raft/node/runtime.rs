//! The runtime of the consensus: threads that nothing else runs on.

use std::io;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle, Runtime};

/// Threads: the consensus loop, and the state machine beside it.
const WORKERS: usize = 2;

/// Time for disk writes under way when the runtime ends.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// A running runtime. It ends when this is dropped, without waiting.
pub(super) struct RaftRuntime {
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

impl RaftRuntime {
    /// Starts threads called `name`.
    pub(super) fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name(name)
            .enable_all()
            .build()?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Mutex::new(Some(runtime)),
        })
    }

    /// Where to spawn.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends the runtime; the first call returns once every task is gone.
    pub(super) async fn stop(&self) {
        let runtime = self.runtime.lock().take();
        if let Some(runtime) = runtime {
            let ending = move || runtime.shutdown_timeout(LAST_WRITES);
            if tokio::task::spawn_blocking(ending).await.is_err() {
                tracing::warn!("the runtime of the consensus did not end properly");
            }
        }
    }
}

impl Drop for RaftRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.lock().take() {
            runtime.shutdown_background();
        }
    }
}
