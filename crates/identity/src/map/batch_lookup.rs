//! Looking up many identifiers at once, so that waits for memory overlap.
//!
//! A look-up at random waits twice for memory (directory, bucket), and the branch on what it finds
//! keeps the processor from going ahead. So a block of look-ups goes in three steps: all buckets
//! are located, all are touched, only then is any of them searched.

use std::hint::black_box;

use super::{Error, Origin};
use crate::file::Checkpoint;
use crate::key::IdentifierHash;
use crate::table::{Entry, Table};

/// Look-ups that go together: their buckets (up to 256 bytes each) fit the first-level caches.
pub(super) const BLOCK: usize = 128;

/// Entries in a cache line.
const LINE_ENTRIES: usize = 2;

/// One identifier that is not found yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    high: u64,
    low: u64,
    /// Where its answer goes.
    at: usize,
}

impl Wanted {
    pub(super) fn new(hash: IdentifierHash, at: usize) -> Self {
        Self {
            high: hash.high(),
            low: hash.low(),
            at,
        }
    }
}

/// Looks up what is wanted in one table; what is found is no longer wanted.
pub(super) fn in_table(table: &Table, wanted: &mut Vec<Wanted>, found: &mut [Option<Origin>]) {
    let mut buckets: [&[Entry]; BLOCK] = [&[]; BLOCK];
    for (bucket, one) in buckets.iter_mut().zip(wanted.iter()) {
        *bucket = table.bucket(one.high);
    }
    let mut touched = 0;
    for bucket in &buckets[..wanted.len().min(BLOCK)] {
        for entry in bucket.iter().step_by(LINE_ENTRIES) {
            touched ^= entry.high;
        }
    }
    black_box(touched);
    let mut next = buckets.iter();
    wanted.retain(|one| {
        let bucket = next.next().copied().unwrap_or_default();
        let same = |entry: &&Entry| entry.high == one.high && entry.low == one.low;
        match bucket.iter().find(same) {
            Some(entry) => {
                found[one.at] = Origin::of(entry);
                false
            }
            None => true,
        }
    });
}

/// Looks up what is wanted in the checkpoint.
pub(super) fn in_checkpoint(
    base: &Checkpoint,
    wanted: &[Wanted],
    found: &mut [Option<Origin>],
) -> Result<(), Error> {
    let mut buckets: [&[[u8; Entry::BYTES]]; BLOCK] = [&[]; BLOCK];
    for (bucket, one) in buckets.iter_mut().zip(wanted) {
        *bucket = base.bucket(one.high)?;
    }
    let mut touched = 0;
    for bucket in &buckets[..wanted.len().min(BLOCK)] {
        for entry in bucket.iter().step_by(LINE_ENTRIES) {
            touched ^= entry[0];
        }
    }
    black_box(touched);
    for (bucket, one) in buckets.iter().zip(wanted) {
        let entry = base.find_in(bucket, one.high, one.low, u64::MAX)?;
        found[one.at] = entry.as_ref().and_then(Origin::of);
    }
    Ok(())
}
