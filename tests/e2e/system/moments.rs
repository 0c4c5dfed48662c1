//! Which index of a server's log shows the world at which index.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use rand::{Rng, rngs::StdRng};
use tagma_core::LogIndex;
use tagma_tests::generate::history::Step;

/// Indexes of a server, and what the world is there.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// Index in the log → last change up to it.
    changes: BTreeMap<u64, LogIndex>,
    /// Where steps end: index in the world → index in the log.
    ends: BTreeMap<LogIndex, u64>,
}

impl Moments {
    /// The changes of `step` became the entries at `indexes`, several of which may be one.
    pub(super) fn add(&mut self, step: &Step, indexes: &[u64]) -> Result<()> {
        let changes = (step.first.0..=step.last().0).map(LogIndex);
        for (change, index) in changes.zip(indexes) {
            let last = self.changes.last_key_value().map_or(0, |(last, _)| *last);
            ensure!(*index >= last, "entry {index} comes after entry {last}");
            self.changes.insert(*index, change);
        }
        let last = indexes.last().context("a step without entries")?;
        self.ends.insert(step.last(), *last);
        Ok(())
    }

    /// What the world is at an index of the log.
    pub(super) fn world_at(&self, index: u64) -> LogIndex {
        let before = self.changes.range(..=index).next_back();
        before.map_or(LogIndex::ZERO, |(_, change)| *change)
    }

    /// The index of the last change.
    pub(super) fn last(&self) -> u64 {
        self.changes.last_key_value().map_or(0, |(last, _)| *last)
    }

    /// The index of the log that ends the step whose last change is `change`.
    pub(super) fn end_of(&self, change: LogIndex) -> Option<u64> {
        self.ends.get(&change).copied()
    }

    /// Indexes of the log that end steps.
    pub(super) fn all_ends(&self) -> impl Iterator<Item = u64> + '_ {
        self.ends.values().copied()
    }

    /// Any index from `first` to `served`: half of the time a change or beside one.
    pub(super) fn draw(&self, first: u64, served: u64, rng: &mut StdRng) -> u64 {
        if rng.random_bool(0.5) {
            return rng.random_range(first..=served);
        }
        let place = rng.random_range(0..self.changes.len());
        let near = self.changes.keys().nth(place).copied().unwrap_or(first);
        let beside = rng.random_range(near.saturating_sub(1)..=near + 1);
        beside.clamp(first, served)
    }
}
