//! `BlockReader`: ranges of a run, verified block by block.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::cache::{BlockCache, BlockKey, CHECKS};
use crate::run::checks::{BLOCK_BYTES, check_of};
use crate::run::error::Error;
use crate::run::meta::RunMeta;

/// Reads runs from an object store; clones share the store and the cache.
#[derive(Debug, Clone)]
pub struct BlockReader {
    inner: Arc<dyn ObjectStore>,
    cache: Arc<BlockCache>,
}

impl BlockReader {
    /// Reads from `inner` and remembers the last `cached_blocks` blocks of 64 KiB.
    pub fn new(inner: Arc<dyn ObjectStore>, cached_blocks: usize) -> Self {
        Self {
            inner,
            cache: Arc::new(BlockCache::new(cached_blocks)),
        }
    }

    /// Bytes `range` of the sections of `run`, counted from the start of the run.
    ///
    /// # Errors
    /// `Damaged` where a block that the range touches fails its checksum; `Mismatch` where the
    /// range leaves the sections; `Read` where the store does not deliver.
    pub async fn read(&self, run: &RunMeta, range: Range<u64>) -> Result<Bytes, Error> {
        if range.start > range.end || range.end > run.data_bytes {
            return Err(Error::Mismatch {
                key: run.key.clone(),
                reason: format!("bytes {} to {} are outside it", range.start, range.end),
            });
        }
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let first = range.start / BLOCK_BYTES;
        let last = (range.end - 1) / BLOCK_BYTES;
        let blocks = self.blocks(run, first, last).await?;
        let skip = (range.start - first * BLOCK_BYTES) as usize;
        let length = (range.end - range.start) as usize;
        if let [block] = blocks.as_slice() {
            return Ok(block.slice(skip..skip + length));
        }
        let mut joined = BytesMut::with_capacity(blocks.iter().map(Bytes::len).sum());
        for block in &blocks {
            joined.extend_from_slice(block);
        }
        Ok(joined.freeze().slice(skip..skip + length))
    }

    /// The verified blocks `first..=last`; missing ones that lie together are read together.
    async fn blocks(&self, run: &RunMeta, first: u64, last: u64) -> Result<Vec<Bytes>, Error> {
        let checks = self.checks(run).await?;
        let mut blocks = Vec::with_capacity((last - first + 1) as usize);
        let mut at = first;
        while at <= last {
            if let Some(block) = self.cache.get(&key(run, at)) {
                blocks.push(block);
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end <= last && self.cache.get(&key(run, end)).is_none() {
                end += 1;
            }
            self.load(run, &checks, at..end, &mut blocks).await?;
            at = end;
        }
        Ok(blocks)
    }

    async fn load(
        &self,
        run: &RunMeta,
        checks: &[u8],
        wanted: Range<u64>,
        blocks: &mut Vec<Bytes>,
    ) -> Result<(), Error> {
        let start = wanted.start * BLOCK_BYTES;
        let end = (wanted.end * BLOCK_BYTES).min(run.data_bytes);
        let bytes = self.fetch(run, start..end).await?;
        for number in wanted {
            let from = number * BLOCK_BYTES;
            let to = (from + BLOCK_BYTES).min(run.data_bytes);
            let block = bytes.slice((from - start) as usize..(to - start) as usize);
            if check_of(checks, number) != Some(crc32c::crc32c(&block)) {
                return Err(damaged(run, from..to));
            }
            // A copy of its own, so that a kept block does not keep its neighbours.
            self.cache
                .insert(key(run, number), Bytes::copy_from_slice(&block));
            blocks.push(block);
        }
        Ok(())
    }

    async fn checks(&self, run: &RunMeta) -> Result<Bytes, Error> {
        if let Some(checks) = self.cache.get(&key(run, CHECKS)) {
            return Ok(checks);
        }
        let checks = self.fetch(run, run.checks()).await?;
        if crc32c::crc32c(&checks) != run.checks_crc {
            return Err(damaged(run, run.checks()));
        }
        self.cache.insert(key(run, CHECKS), checks.clone());
        Ok(checks)
    }

    async fn fetch(&self, run: &RunMeta, range: Range<u64>) -> Result<Bytes, Error> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let place = run.offset + range.start..run.offset + range.end;
        let path = Path::from(run.key.as_str());
        let read = self.inner.get_range(&path, place.clone()).await;
        let bytes = read.map_err(|source| Error::Read {
            key: run.key.clone(),
            source,
        })?;
        if bytes.len() as u64 != range.end - range.start {
            return Err(damaged(run, range));
        }
        Ok(bytes)
    }
}

fn key(run: &RunMeta, block: u64) -> BlockKey {
    (run.key.clone(), run.offset, block)
}

fn damaged(run: &RunMeta, range: Range<u64>) -> Error {
    Error::Damaged {
        key: run.key.clone(),
        range: run.offset + range.start..run.offset + range.end,
    }
}
