//! `SqlRuntime`: what all queries of a worker share.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use object_store::ObjectStore;

use super::stores::only_runs;
use crate::run::{BlockReader, RunMeta, VerifiedStore};

/// Consumers of memory that an error of exhaustion names.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::new(5).expect("5 is not zero");

/// Bounds of a runtime.
#[derive(Debug, Clone)]
pub struct SqlRuntimeOptions {
    /// Bytes that all queries together may hold.
    pub memory_bytes: usize,
    /// Folder for what does not fit; created if it is missing.
    pub spill_dir: PathBuf,
    /// Bytes that it may grow to.
    pub spill_bytes: u64,
    /// Verified blocks of 64 KiB that are kept.
    pub cached_blocks: usize,
}

/// Memory, spill folder, caches and the object store; cheap to clone.
#[derive(Debug, Clone)]
pub struct SqlRuntime {
    env: Arc<RuntimeEnv>,
    reader: BlockReader,
}

impl SqlRuntime {
    /// A runtime that reads runs from `store`.
    ///
    /// Queries plan on the calling tokio runtime's blocking threads: build that runtime with
    /// `thread_stack_size` of at least 16 MiB, since DataFusion's planner is recursive.
    ///
    /// # Errors
    /// Where the spill folder cannot be used.
    pub fn new(
        options: &SqlRuntimeOptions,
        store: Arc<dyn ObjectStore>,
    ) -> Result<Self, DataFusionError> {
        let pool = FairSpillPool::new(options.memory_bytes);
        let env = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(TrackConsumersPool::new(pool, NAMED_CONSUMERS)))
            .with_temp_file_path(&options.spill_dir)
            .with_max_temp_directory_size(options.spill_bytes)
            .build_arc()?;
        let reader = BlockReader::new(store, options.cached_blocks);
        Ok(Self { env, reader })
    }

    /// The verified reader of runs, for compaction.
    pub fn reader(&self) -> &BlockReader {
        &self.reader
    }

    /// The same memory and caches, with `runs` as the only thing that can be read.
    pub(super) fn over(
        &self,
        runs: impl IntoIterator<Item = Arc<RunMeta>>,
    ) -> Result<Arc<RuntimeEnv>, DataFusionError> {
        let store = VerifiedStore::new(self.reader.clone(), runs);
        RuntimeEnvBuilder::from_runtime_env(&self.env)
            .with_object_store_registry(only_runs(store)?)
            .build_arc()
    }
}
