//! The reader's side: the people alive at one index.

use std::sync::Arc;

use tagma_core::LogIndex;

use super::chunk::LiveChunk;
use crate::chunk::{ChunkSet, split};

/// The people of a shard who are alive at one index. Immutable, cheap to clone.
#[derive(Debug, Clone)]
pub struct AliveView {
    chunks: Arc<Vec<Arc<LiveChunk>>>,
    index: LogIndex,
}

impl AliveView {
    pub(super) fn new(chunks: Arc<Vec<Arc<LiveChunk>>>, index: LogIndex) -> Self {
        Self { chunks, index }
    }

    /// The index.
    pub fn index(&self) -> LogIndex {
        self.index
    }

    /// Number of people.
    pub fn len(&self) -> u64 {
        let counts = self.chunks.iter().map(|chunk| chunk.count_at(self.index));
        counts.map(u64::from).sum()
    }

    /// Whether nobody is alive.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of people of one chunk.
    pub fn chunk_len(&self, chunk: u32) -> u32 {
        self.chunks
            .get(chunk as usize)
            .map_or(0, |chunk| chunk.count_at(self.index))
    }

    /// Makes `into` the people of one chunk.
    pub fn chunk(&self, chunk: u32, into: &mut ChunkSet) {
        match self.chunks.get(chunk as usize) {
            Some(chunk) => chunk.at(self.index, into),
            None => into.clear(),
        }
    }

    /// Whether a person is alive.
    pub fn contains(&self, ordinal: u32) -> bool {
        let (chunk, position) = split(ordinal);
        self.chunks
            .get(chunk as usize)
            .is_some_and(|chunk| chunk.contains_at(self.index, position))
    }
}
