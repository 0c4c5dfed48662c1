//! Which tag runs this process is carrying out.
//!
//! A run lives in the process that opened it and nowhere else: an open job that is not listed here
//! on the leader has lost its runner.

use std::{collections::BTreeSet, sync::Arc};

use parking_lot::Mutex;
use tagma_core::catalog::{Catalog, JobId};

/// The runs.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Runs whose job has no number yet.
    opening: usize,
    jobs: BTreeSet<JobId>,
}

/// A run whose job is being opened.
#[derive(Debug)]
pub(crate) struct Opening {
    runs: Arc<Runs>,
}

/// A run with an open job; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    runs: Arc<Runs>,
    job: JobId,
}

impl Runs {
    /// A run begins; to be called before its job is proposed.
    pub(crate) fn opening(self: &Arc<Self>) -> Opening {
        self.known.lock().opening += 1;
        Opening { runs: self.clone() }
    }

    /// Open jobs of `catalog` that nobody here carries out; none for certain while a run of unknown
    /// number is being opened.
    pub(crate) fn orphans(&self, catalog: &Catalog) -> Vec<JobId> {
        let known = self.known.lock();
        if known.opening > 0 {
            return Vec::new();
        }
        let open = catalog.jobs.keys().copied();
        open.filter(|job| !known.jobs.contains(job)).collect()
    }
}

impl Opening {
    /// The job is open.
    pub(crate) fn opened(self, job: JobId) -> Running {
        self.runs.known.lock().jobs.insert(job);
        let runs = self.runs.clone();
        Running { runs, job }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.runs.known.lock().opening -= 1;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.runs.known.lock().jobs.remove(&self.job);
    }
}
