//! How many people a step keeps and what it costs, roughly: the order of conditions, never an
//! answer, depends on it.

use std::sync::Arc;

use super::{interval::IntervalSet, program::Step};
use crate::section::{ChunkBounds, TagSection};

/// Cost of computing a leaf for one person, in units of testing a code of one byte.
const COMPUTED_COST: f64 = 500.0;

/// Share of people that a leaf keeps of which nothing is known.
const UNKNOWN_SHARE: f64 = 0.5;

/// What is expected of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    /// Share of the people that it keeps, 0 to 1.
    share: f64,
    /// Cost per person, in units of testing a code of one byte.
    cost: f64,
}

impl Estimate {
    pub(super) fn of(step: &Step, sections: &[Option<Arc<TagSection>>]) -> Self {
        let estimate = |share, cost| Self { share, cost };
        let each = |steps: &[Step]| {
            steps
                .iter()
                .map(|s| Self::of(s, sections))
                .collect::<Vec<_>>()
        };
        let section = |slot: usize| sections.get(slot)?.as_deref();
        match step {
            Step::All => estimate(1.0, 0.0),
            Step::Nothing => estimate(0.0, 0.0),
            Step::Not(inner) => {
                let inner = Self::of(inner, sections);
                estimate(1.0 - inner.share, inner.cost)
            }
            Step::And(steps) => each(steps).iter().fold(estimate(1.0, 0.0), |all, step| {
                estimate(all.share * step.share, all.cost + all.share * step.cost)
            }),
            Step::Or(steps) => {
                let missed = each(steps).iter().fold(estimate(1.0, 0.0), |all, step| {
                    estimate(
                        all.share * (1.0 - step.share),
                        all.cost + all.share * step.cost,
                    )
                });
                estimate(1.0 - missed.share, missed.cost)
            }
            Step::Bool { slot, set } => section(*slot).map_or(estimate(0.0, 0.0), |section| {
                let people = f64::from(section.population().max(1));
                let rows = section.rows() as f64;
                let trues: i128 = (0..section.chunks()).map(|chunk| section.sum(chunk)).sum();
                let states = [
                    (set.yes, trues as f64),
                    (set.no, rows - trues as f64),
                    (set.null, people - rows),
                ];
                let kept: f64 = states
                    .iter()
                    .filter(|(held, _)| *held)
                    .map(|(_, n)| n)
                    .sum();
                estimate(kept / people, 0.125)
            }),
            Step::Values { slot, set, .. } => {
                section(*slot).map_or(estimate(0.0, 0.0), |section| {
                    let people = f64::from(section.population().max(1));
                    let absent = if set.null {
                        people - section.rows() as f64
                    } else {
                        0.0
                    };
                    let (held, cost) = values(section, &set.raws);
                    estimate((held + absent) / people, cost)
                })
            }
            Step::Computed { .. } => estimate(UNKNOWN_SHARE, COMPUTED_COST),
        }
    }

    /// Conditions are best evaluated in ascending order of this: cost per person got rid of
    /// (Hellerstein and Stonebraker, "Predicate Migration", 1993).
    pub(super) fn rank(self) -> f64 {
        self.cost / (1.0 - self.share).max(1e-6)
    }
}

/// Sets of more ranges than this are estimated over the section as a whole, not chunk by chunk.
const RANGES_BY_CHUNK_MAX: usize = 64;

/// People whose value is in the set, and the cost of testing a code.
fn values(section: &TagSection, set: &IntervalSet) -> (f64, f64) {
    let chunks = 0..section.chunks();
    let bits: f64 = chunks
        .clone()
        .map(|chunk| f64::from(section.code_width(chunk)))
        .sum();
    let cost = bits / 8.0 / f64::from(section.chunks().max(1));
    let people = counted(section, set.ranges()).unwrap_or_else(|| {
        match set.ranges().len() > RANGES_BY_CHUNK_MAX {
            true => section
                .all_bounds()
                .map_or(0.0, |bounds| spread(bounds, set)),
            false => chunks
                .filter_map(|chunk| section.bounds(chunk))
                .map(|bounds| spread(bounds, set))
                .sum(),
        }
    });
    (people, cost)
}

/// People in the set if the values were spread evenly between their bounds.
fn spread(bounds: ChunkBounds, set: &IntervalSet) -> f64 {
    let width = bounds.max as f64 - bounds.min as f64 + 1.0;
    let covered: f64 = set
        .meeting(bounds.min, bounds.max)
        .iter()
        .map(|(low, high)| (*high).min(bounds.max) as f64 - (*low).max(bounds.min) as f64 + 1.0)
        .sum();
    f64::from(bounds.rows) * (covered / width).min(1.0)
}

/// Ranges of more texts than this are estimated as if all texts were equally frequent.
const TEXTS_COUNTED_MAX: i64 = 4_096;

/// The exact number of people, where the dictionary tells it cheaply.
fn counted(section: &TagSection, ranges: &[(i64, i64)]) -> Option<f64> {
    let dictionary = section.dictionary().ok()?;
    let last = i64::try_from(dictionary.len())
        .ok()?
        .checked_sub(1)
        .filter(|last| *last >= 0)?;
    let mut people = 0.0;
    let mut texts = 0;
    for (low, high) in ranges {
        let (low, high) = ((*low).max(0), (*high).min(last));
        texts += (high - low + 1).max(0);
        if texts > TEXTS_COUNTED_MAX {
            return None;
        }
        people += (low..=high)
            .map(|code| f64::from(dictionary.people(code as u32)))
            .sum::<f64>();
    }
    Some(people)
}
