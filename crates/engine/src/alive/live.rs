//! The writer's side: entries in, snapshots out.

use std::{ops::Range, sync::Arc};

use tagma_core::LogIndex;

use super::{AliveView, Error, chunk::LiveChunk};
use crate::chunk::{join, split};

/// People alive in a shard, at every index from the floor on.
///
/// A clone is two words and shares all chunks; a chunk is copied when it is changed while a clone
/// or a view holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveBitmap {
    pub(super) chunks: Arc<Vec<Arc<LiveChunk>>>,
    pub(super) floor: LogIndex,
    pub(super) newest: LogIndex,
}

/// What an entry changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// People who were not alive and are now.
    pub added: u64,
    /// People who were alive and are not now.
    pub removed: u64,
}

impl LiveBitmap {
    /// Nobody is alive at index 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one entry: first `added` come alive, then `removed` leave. Adding the living and
    /// removing the absent changes nothing. An entry may be applied in several calls.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`] if a later entry has been applied; nothing has changed then.
    pub fn apply(
        &mut self,
        index: LogIndex,
        added: impl IntoIterator<Item = Range<u32>>,
        removed: impl IntoIterator<Item = u32>,
    ) -> Result<Applied, Error> {
        if index < self.newest {
            return Err(Error::OutOfOrder {
                index,
                newest: self.newest,
            });
        }
        self.newest = index;
        let mut applied = Applied::default();
        for range in added.into_iter().filter(|range| !range.is_empty()) {
            applied.added += self.add(index, range);
        }
        let mut removed = removed.into_iter().peekable();
        while let Some(ordinal) = removed.next() {
            let (chunk, position) = split(ordinal);
            let mut end = u32::from(position) + 1;
            while removed
                .next_if_eq(&join(chunk, 0).saturating_add(end))
                .is_some()
            {
                end += 1;
            }
            applied.removed += self.remove(index, chunk, u32::from(position)..end);
        }
        Ok(applied)
    }

    fn add(&mut self, index: LogIndex, range: Range<u32>) -> u64 {
        let ((first, start), (last, end)) = (split(range.start), split(range.end - 1));
        let chunks = Arc::make_mut(&mut self.chunks);
        if chunks.len() <= last as usize {
            chunks.resize_with(last as usize + 1, Arc::default);
        }
        let mut added = 0;
        for number in first..=last {
            let start = if number == first { u32::from(start) } else { 0 };
            let end = if number == last {
                u32::from(end)
            } else {
                u32::from(u16::MAX)
            };
            let chunk = Arc::make_mut(&mut chunks[number as usize]);
            added += u64::from(chunk.set(index, start, end + 1, true));
        }
        added
    }

    /// Removes positions of one chunk; what lies beyond it belongs to the next one.
    fn remove(&mut self, index: LogIndex, chunk: u32, positions: Range<u32>) -> u64 {
        let within = positions.start..positions.end.min(crate::chunk::CHUNK_ORDINALS);
        let beyond = positions.end - within.end;
        let mut removed = 0;
        if let Some(chunk) = Arc::make_mut(&mut self.chunks).get_mut(chunk as usize) {
            let chunk = Arc::make_mut(chunk);
            removed += u64::from(chunk.set(index, within.start, within.end, false));
        }
        if beyond > 0 {
            removed += self.remove(index, chunk + 1, 0..beyond);
        }
        removed
    }

    /// The people alive at `index`, as a snapshot. An index beyond the newest entry applied reads
    /// as that: that no entry up to `index` is missing is the caller's knowledge.
    ///
    /// # Errors
    /// [`Error::Expired`] below the floor.
    pub fn at(&self, index: LogIndex) -> Result<AliveView, Error> {
        if index < self.floor {
            return Err(Error::Expired {
                index,
                floor: self.floor,
            });
        }
        Ok(AliveView::new(Arc::clone(&self.chunks), index))
    }

    /// Number of people alive at `index`.
    ///
    /// # Errors
    /// [`Error::Expired`] below the floor.
    pub fn len_at(&self, index: LogIndex) -> Result<u64, Error> {
        Ok(self.at(index)?.len())
    }

    /// Drops the history below `up_to`, which becomes the floor: older indexes cannot be read any
    /// more, `up_to` and later ones read as before. Entries up to there must have been applied.
    pub fn fold(&mut self, up_to: LogIndex) {
        if up_to <= self.floor {
            return;
        }
        self.floor = up_to;
        self.newest = self.newest.max(up_to);
        for chunk in Arc::make_mut(&mut self.chunks) {
            if chunk.changes.reaches(up_to) {
                Arc::make_mut(chunk).changes.drop_until(up_to);
            }
        }
    }

    /// The oldest index that can be read.
    pub fn floor(&self) -> LogIndex {
        self.floor
    }

    /// The newest entry applied.
    pub fn newest(&self) -> LogIndex {
        self.newest
    }
}
