//! Threads on which SQL runs: a tokio runtime of its own, with deep stacks, since the planner is
//! recursive and a query must not hold up requests.

use std::future::Future;
use std::io;

use tagma_sql::SqlRuntime;
use tokio::runtime::{Builder, Runtime};
use tokio_util::task::AbortOnDropHandle;

use super::pool::BrokenOff;

const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The runtime and what queries share.
pub struct SqlThreads {
    sql: SqlRuntime,
    runtime: Option<Runtime>,
}

impl SqlThreads {
    /// Starts `threads` threads, at least one.
    ///
    /// # Errors
    /// Where the system starts no more.
    pub fn new(sql: SqlRuntime, threads: usize) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("tagma-sql")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()?;
        Ok(Self {
            sql,
            runtime: Some(runtime),
        })
    }

    /// Memory and caches of queries.
    pub fn sql(&self) -> &SqlRuntime {
        &self.sql
    }

    /// Runs `work` here; dropping the future cancels it.
    ///
    /// # Errors
    /// [`BrokenOff`] where it panicked.
    pub async fn run<F>(&self, work: F) -> Result<F::Output, BrokenOff>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let runtime = self.runtime.as_ref().ok_or(BrokenOff)?;
        AbortOnDropHandle::new(runtime.spawn(work))
            .await
            .map_err(|_| BrokenOff)
    }
}

impl Drop for SqlThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
