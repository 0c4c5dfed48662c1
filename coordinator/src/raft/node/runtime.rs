//! The runtime of the consensus, on a thread of its own.

use std::io;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// Threads: the consensus loop, and the state machine beside it.
const WORKERS: usize = 2;

/// Time for disk writes under way when the runtime ends.
const LAST_WRITES: Duration = Duration::from_secs(10);

/// A running runtime. It ends when this is dropped.
pub(super) struct RaftRuntime {
    handle: Handle,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    ended: Mutex<Option<oneshot::Receiver<()>>>,
}

impl RaftRuntime {
    /// Starts the thread `name` with the runtime.
    pub(super) fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name(name)
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let (ending, ended) = oneshot::channel();
        thread::Builder::new().name(name.into()).spawn(move || {
            // An error means that the sender is gone: stop too.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_timeout(LAST_WRITES);
            let _ = ending.send(());
        })?;
        Ok(Self {
            handle,
            stop: Mutex::new(Some(stop)),
            ended: Mutex::new(Some(ended)),
        })
    }

    /// Where to spawn.
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends the runtime and returns once every task is gone. Later calls return at once.
    pub(super) async fn stop(&self) {
        self.stop.lock().take();
        let ended = self.ended.lock().take();
        if let Some(ended) = ended {
            // An error means that the thread has gone already.
            let _ = ended.await;
        }
    }
}
