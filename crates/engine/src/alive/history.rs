//! The changes of a chunk, in blocks: what is full is shared by all clones.

use std::sync::Arc;

use tagma_core::LogIndex;

/// A stretch of people who all changed in one entry: every one of them was the opposite before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) index: LogIndex,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Came alive; else left.
    pub(super) alive: bool,
}

impl Change {
    /// Number of people.
    pub(super) fn people(&self) -> u32 {
        self.end - self.start
    }
}

/// Changes in a block. A clone copies at most one block.
const BLOCK_CHANGES: usize = 256;

/// Changes, ascending by index, in order of application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct History {
    /// Full ones; the first may have lost its beginning.
    blocks: Vec<Arc<Vec<Change>>>,
    tail: Vec<Change>,
}

impl History {
    /// Adds a change, joined to the last where it carries that on.
    pub(super) fn record(&mut self, change: Change) {
        if let Some(last) = self.tail.last_mut()
            && (last.index, last.alive, last.end) == (change.index, change.alive, change.start)
        {
            last.end = change.end;
            return;
        }
        if self.tail.len() == BLOCK_CHANGES {
            self.blocks.push(Arc::new(std::mem::take(&mut self.tail)));
        }
        self.tail.push(change);
    }

    /// All changes, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Change> {
        let full = self.blocks.iter().flat_map(|block| block.iter());
        full.chain(&self.tail)
    }

    /// Number of changes.
    pub(super) fn len(&self) -> usize {
        self.tail.len() + self.blocks.iter().map(|block| block.len()).sum::<usize>()
    }

    /// The changes after `index`, oldest first. None at the newest index costs two searches.
    pub(super) fn after(&self, index: LogIndex) -> impl DoubleEndedIterator<Item = &Change> {
        let first = self
            .blocks
            .partition_point(|block| !ends_after(block, index));
        let tail = self.tail.partition_point(|change| change.index <= index);
        let full = self.blocks[first..].iter().flat_map(|block| block.iter());
        full.filter(move |change| change.index > index)
            .chain(&self.tail[tail..])
    }

    /// Whether there is a change up to `index`.
    pub(super) fn reaches(&self, index: LogIndex) -> bool {
        self.iter()
            .next()
            .is_some_and(|change| change.index <= index)
    }

    /// Drops the changes up to `index`.
    pub(super) fn drop_until(&mut self, index: LogIndex) {
        self.blocks.retain(|block| ends_after(block, index));
        if let Some(first) = self.blocks.first_mut() {
            let old = first.partition_point(|change| change.index <= index);
            if old > 0 {
                *first = Arc::new(first[old..].to_vec());
            }
        }
        let old = self.tail.partition_point(|change| change.index <= index);
        self.tail.drain(..old);
    }
}

fn ends_after(block: &[Change], index: LogIndex) -> bool {
    block.last().is_some_and(|change| change.index > index)
}
