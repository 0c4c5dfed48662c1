//! Counting people over shards.

use std::sync::Arc;

use super::error::Result;
use super::pool::Pool;
use super::units::{Target, spread};
use super::unknown::unknown_values;

/// People counted over some shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// People alive.
    pub population: u64,
    /// Per predicate of the plan: people in it and in all before it.
    pub counts: Vec<u64>,
    /// Values that the plan names and no shard knows, as warnings.
    pub warnings: Vec<String>,
}

/// Counts over all targets, which share one plan.
///
/// # Errors
/// See [`super::Error`]; the first in order of shards and chunks.
pub async fn count(pool: &Pool, targets: &[Arc<Target>]) -> Result<Counts> {
    let mut answer = Counts::default();
    let Some(first) = targets.first() else {
        return Ok(answer);
    };
    answer.counts = vec![0; first.plan().predicates.len()];
    for target in targets {
        answer.population += target.snapshot().population()?;
    }
    if first.plan().predicates.len() == 1 {
        let counts = spread(pool, targets, |evaluator, chunks| evaluator.count(chunks)).await?;
        answer.counts[0] = counts.into_iter().sum();
    } else {
        let steps = spread(pool, targets, |evaluator, chunks| evaluator.steps(chunks)).await?;
        for step in steps {
            // The first number is that of the living.
            for (sum, count) in answer.counts.iter_mut().zip(&step[1..]) {
                *sum += count;
            }
        }
    }
    answer.warnings = unknown_values(targets)?;
    Ok(answer)
}
