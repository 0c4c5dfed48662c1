//! One chunk of live state: the newest set, and how it came to be.

use tagma_core::LogIndex;

use super::history::{Change, History};
use crate::chunk::ChunkSet;

/// The people of one chunk who are alive, now and at earlier indexes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LiveChunk {
    pub(super) newest: ChunkSet,
    pub(super) count: u32,
    /// How it came to be, back to the floor.
    pub(super) changes: History,
}

impl LiveChunk {
    /// Makes `start..end` alive or not; returns how many of them changed.
    pub(super) fn set(&mut self, index: LogIndex, start: u32, end: u32, alive: bool) -> u32 {
        let mut changed = 0;
        let mut next = start;
        while let Some((from, to)) = self.next_stretch(next, end, !alive) {
            self.changes.record(Change {
                index,
                start: from,
                end: to,
                alive,
            });
            changed += to - from;
            next = to;
        }
        match alive {
            true => {
                self.newest.insert_range(start, end);
                self.count += changed;
            }
            false => {
                self.newest.remove_range(start, end);
                self.count -= changed;
            }
        }
        changed
    }

    /// The first stretch within `start..end` of people who are `alive`, as the set now stands.
    fn next_stretch(&self, start: u32, end: u32, alive: bool) -> Option<(u32, u32)> {
        if let Some(len) = self.newest.prefix() {
            let (from, to) = match alive {
                true => (start, end.min(len)),
                false => (start.max(len), end),
            };
            return (from < to).then_some((from, to));
        }
        let is = |position: &u32| self.newest.contains(*position as u16) == alive;
        let from = (start..end).find(is)?;
        let to = (from..end).find(|position| !is(position)).unwrap_or(end);
        Some((from, to))
    }

    /// Makes `into` the people alive at `index`.
    pub(super) fn at(&self, index: LogIndex, into: &mut ChunkSet) {
        into.assign(&self.newest);
        for change in self.changes.after(index).rev() {
            match change.alive {
                true => into.remove_range(change.start, change.end),
                false => into.insert_range(change.start, change.end),
            }
        }
    }

    /// Whether the person at a position is alive at `index`.
    pub(super) fn contains_at(&self, index: LogIndex, position: u16) -> bool {
        let position_in = |change: &&Change| (change.start..change.end).contains(&position.into());
        // The state before the first later change of that person is the opposite of what it made.
        let later = self.changes.after(index).find(position_in);
        later.map_or_else(|| self.newest.contains(position), |change| !change.alive)
    }

    /// Number of people alive at `index`.
    pub(super) fn count_at(&self, index: LogIndex) -> u32 {
        let later = self.changes.after(index).rev();
        later.fold(self.count, |count, change| match change.alive {
            true => count - change.people(),
            false => count + change.people(),
        })
    }
}
