//! Units of work: chunk ranges of shards, spread over the pool.
//!
//! Owns their size and that a shard's program is compiled once, by the first unit that needs it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use tagma_core::job::ShardPlan;
use tagma_engine::chunk::chunk_count;
use tagma_engine::eval::{Evaluator, ShardView};

use super::error::{Error, Result};
use super::pool::{BrokenOff, Pool};
use super::snapshot::{Sections, Snapshot};

/// Chunks below which a unit is not worth a hand-over.
const CHUNKS_MIN: u32 = 4;
/// Units for each thread, so that an expensive one holds up little.
const UNITS_PER_THREAD: u32 = 4;

/// A shard to evaluate a plan over.
pub struct Target {
    snapshot: Snapshot,
    plan: Arc<ShardPlan>,
    sections: Sections,
    view: OnceLock<Option<ShardView>>,
}

impl Target {
    /// A shard, the plan and the sections of its tags there.
    pub fn new(snapshot: Snapshot, plan: Arc<ShardPlan>, sections: Sections) -> Self {
        Self {
            snapshot,
            plan,
            sections,
            view: OnceLock::new(),
        }
    }

    /// The shard at its index.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The sections by slot.
    pub fn sections(&self) -> &Sections {
        &self.sections
    }

    /// The plan.
    pub fn plan(&self) -> &ShardPlan {
        &self.plan
    }

    /// The compiled plan over the shard.
    ///
    /// # Errors
    /// See [`Snapshot::view`].
    pub fn view(&self) -> Result<&ShardView> {
        let compile = || self.snapshot.view(&self.plan, &self.sections);
        let mut failed = None;
        let view = self
            .view
            .get_or_init(|| compile().map_err(|error| failed = Some(error)).ok());
        match (view, failed) {
            (Some(view), _) => Ok(view),
            (None, Some(error)) => Err(error),
            // Another unit compiled and failed: errors are not shared, so it is made again.
            (None, None) => match compile() {
                Ok(_) => Err(Error::BrokenOff(BrokenOff)),
                Err(error) => Err(error),
            },
        }
    }
}

/// Evaluates every target in units; the results by target, then by chunks, ascending.
///
/// # Errors
/// That of the first unit with one.
pub async fn spread<T, F>(pool: &Pool, targets: &[Arc<Target>], evaluate: F) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Fn(&mut Evaluator<'_>, Range<u32>) -> Result<T, tagma_engine::eval::Error>,
    F: Clone + Send + 'static,
{
    let chunks = |target: &Target| chunk_count(target.snapshot.state.ordinals);
    let total: u32 = targets.iter().map(|target| chunks(target)).sum();
    let size = (total / (pool.threads() as u32 * UNITS_PER_THREAD)).max(CHUNKS_MIN);
    let mut units = Vec::new();
    for target in targets {
        let end = chunks(target);
        for start in (0..end).step_by(size as usize) {
            let (target, evaluate) = (Arc::clone(target), evaluate.clone());
            units.push(move || {
                let view = target.view()?;
                Ok(evaluate(
                    &mut Evaluator::new(view),
                    start..(start + size).min(end),
                )?)
            });
        }
    }
    pool.run(units).await?.into_iter().collect()
}
