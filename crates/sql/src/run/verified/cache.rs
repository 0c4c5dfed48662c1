//! A small cache of verified blocks, least recently used out first.
//!
//! Owns nothing but bytes that were verified when they came in. Forgets them again, so a block
//! that rots on disk is noticed when it is next read from there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use bytes::Bytes;

/// What a block is known by: object, start of the run in it, number of the block.
pub(super) type BlockKey = (String, u64, u64);

/// The number under which the checksums of a run are kept.
pub(super) const CHECKS: u64 = u64::MAX;

#[derive(Debug, Default)]
struct Blocks {
    by_key: HashMap<BlockKey, (u64, Bytes)>,
    by_age: BTreeMap<u64, BlockKey>,
    clock: u64,
}

/// At most `capacity` blocks.
#[derive(Debug)]
pub(super) struct BlockCache {
    capacity: usize,
    blocks: Mutex<Blocks>,
}

impl BlockCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            blocks: Mutex::default(),
        }
    }

    pub(super) fn get(&self, key: &BlockKey) -> Option<Bytes> {
        let mut blocks = self.blocks.lock().ok()?;
        blocks.clock += 1;
        let now = blocks.clock;
        let (age, bytes) = blocks.by_key.get_mut(key)?;
        let (was, bytes) = (std::mem::replace(age, now), bytes.clone());
        if let Some(key) = blocks.by_age.remove(&was) {
            blocks.by_age.insert(now, key);
        }
        Some(bytes)
    }

    pub(super) fn insert(&self, key: BlockKey, bytes: Bytes) {
        let Ok(mut blocks) = self.blocks.lock() else {
            return;
        };
        if self.capacity == 0 {
            return;
        }
        blocks.clock += 1;
        let now = blocks.clock;
        if let Some((was, _)) = blocks.by_key.insert(key.clone(), (now, bytes)) {
            blocks.by_age.remove(&was);
        }
        blocks.by_age.insert(now, key);
        while blocks.by_key.len() > self.capacity {
            let Some((_, oldest)) = blocks.by_age.pop_first() else {
                return;
            };
            blocks.by_key.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_block_leaves_first() {
        let cache = BlockCache::new(2);
        let key = |n| ("run".to_string(), 0, n);
        cache.insert(key(1), Bytes::from_static(b"1"));
        cache.insert(key(2), Bytes::from_static(b"2"));
        assert!(cache.get(&key(1)).is_some());
        cache.insert(key(3), Bytes::from_static(b"3"));
        assert!(cache.get(&key(2)).is_none());
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"1"[..]));
        assert_eq!(cache.get(&key(3)).as_deref(), Some(&b"3"[..]));
    }
}
