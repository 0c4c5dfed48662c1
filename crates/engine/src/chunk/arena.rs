//! Lends working sets and takes them back, so that a loop over chunks allocates only at first.

use super::ChunkSet;

/// A pool of [`ChunkSet`]s.
#[derive(Debug, Default)]
pub struct Arena {
    free: Vec<ChunkSet>,
}

impl Arena {
    /// Lends an empty set.
    pub fn lend(&mut self) -> ChunkSet {
        let mut set = self.free.pop().unwrap_or_default();
        set.clear();
        set
    }

    /// Lends a copy of `set`.
    pub fn lend_copy(&mut self, set: &ChunkSet) -> ChunkSet {
        let mut copy = self.free.pop().unwrap_or_default();
        copy.assign(set);
        copy
    }

    /// Takes a set back.
    pub fn give_back(&mut self, set: ChunkSet) {
        self.free.push(set);
    }
}
