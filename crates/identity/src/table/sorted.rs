//! `Table`: an immutable sorted array of entries with a bucket directory and the links back.
//!
//! Hashes are uniform, so their top bits choose a bucket of 4 to 8 entries: a look-up is one read
//! of the directory and one of the bucket.

use tagma_core::{LogIndex, OneId};

use super::{Entry, Link, merge_sorted};

/// Bits of the bucket number for `count` entries: 4 to 8 entries a bucket.
pub(crate) fn bucket_bits(count: usize) -> u32 {
    count.checked_ilog2().unwrap_or(0).saturating_sub(2)
}

/// The bucket of a hash (its top bits) among `1 << bits`.
#[inline]
pub(crate) fn bucket_of(high: u64, bits: u32) -> usize {
    if bits == 0 {
        return 0;
    }
    (high >> (64 - bits)) as usize
}

/// Identifiers in hash order, reachable by hash and by person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    entries: Vec<Entry>,
    links: Vec<Link>,
    directory: Vec<u32>,
    bits: u32,
    /// Oldest and newest index of an entry.
    span: (u64, u64),
}

impl Default for Table {
    fn default() -> Self {
        Self::from_sorted(Vec::new(), Vec::new())
    }
}

impl Table {
    /// Sorts `entries`; at most 2³² − 1 of them.
    pub(crate) fn build(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable();
        let mut links: Vec<Link> = entries.iter().map(Entry::link).collect();
        links.sort_unstable();
        Self::from_sorted(entries, links)
    }

    fn from_sorted(entries: Vec<Entry>, links: Vec<Link>) -> Self {
        let bits = bucket_bits(entries.len());
        let directory = directory(&entries, bits);
        let indexes = entries.iter().map(Entry::index);
        let span = indexes.fold((u64::MAX, 0), |(oldest, newest), index| {
            (oldest.min(index), newest.max(index))
        });
        Self {
            entries,
            links,
            directory,
            bits,
            span,
        }
    }

    /// Both tables in one.
    pub(crate) fn merge(a: &Self, b: &Self) -> Self {
        let entries = merge_sorted(&a.entries, &b.entries);
        let links = merge_sorted(&a.links, &b.links);
        Self::from_sorted(entries, links)
    }

    /// The same identifiers at another index.
    pub(crate) fn stamped(&self, index: LogIndex) -> Self {
        let stamp = |entry: &Entry| entry.with_index(index.0);
        Self {
            entries: self.entries.iter().map(stamp).collect(),
            links: self.links.clone(),
            directory: self.directory.clone(),
            bits: self.bits,
            span: (index.0, index.0),
        }
    }

    /// Only what came after `index`; looks at every entry only where some did and some did not.
    pub(crate) fn newer_than(&self, index: LogIndex) -> Self {
        let (oldest, newest) = self.span;
        if newest <= index.0 {
            return Self::default();
        }
        if oldest > index.0 {
            return self.clone();
        }
        let newer = |entry: &&Entry| entry.index() > index.0;
        Self::build(self.entries.iter().filter(newer).copied().collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn links(&self) -> &[Link] {
        &self.links
    }

    /// Bytes on the heap.
    pub(crate) fn memory_bytes(&self) -> usize {
        size_of_val(self.entries.as_slice())
            + size_of_val(self.links.as_slice())
            + size_of_val(self.directory.as_slice())
    }

    /// All entries whose hash falls into the bucket of `high`.
    #[inline]
    pub(crate) fn bucket(&self, high: u64) -> &[Entry] {
        let bucket = bucket_of(high, self.bits);
        match self.directory.get(bucket..bucket + 2) {
            Some(&[from, to]) => &self.entries[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The newest entry of a hash with an index at or below `at`.
    #[inline]
    pub(crate) fn find(&self, high: u64, low: u64, at: u64) -> Option<&Entry> {
        self.bucket(high)
            .iter()
            .find(|entry| entry.high == high && entry.low == low && entry.index() <= at)
    }

    /// Links of one person, in hash order.
    pub(crate) fn links_of(&self, person: OneId) -> &[Link] {
        let from = self.links.partition_point(|link| link.origin < person);
        let rest = &self.links[from..];
        &rest[..rest.partition_point(|link| link.origin == person)]
    }
}

fn directory(entries: &[Entry], bits: u32) -> Vec<u32> {
    let mut directory = vec![0u32; (1 << bits) + 1];
    for entry in entries {
        directory[bucket_of(entry.high, bits) + 1] += 1;
    }
    let mut sum = 0;
    for slot in &mut directory {
        sum += *slot;
        *slot = sum;
    }
    directory
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{HashKey, IdentifierHash};

    fn entries(numbers: std::ops::Range<u32>, index: u64) -> Vec<Entry> {
        let key = HashKey::from_bytes(&[9; 32]).expect("a key");
        let entry = |n: u32| {
            let origin = OneId::from_i64((1 << 32) | i64::from(n / 3)).expect("a OneID");
            Entry::new(key.hash(1, &n.to_le_bytes()), origin, 1, index)
        };
        numbers.map(entry).collect()
    }

    #[test]
    fn every_entry_is_found_by_hash_and_by_person_at_every_size() {
        for size in [0u32, 1, 2, 3, 7, 8, 9, 100, 1_000] {
            let all = entries(0..size, 4);
            let table = Table::build(all.clone());
            for entry in &all {
                assert_eq!(table.find(entry.high, entry.low, 4), Some(entry));
                assert_eq!(table.find(entry.high, entry.low, 3), None);
                assert!(table.links_of(entry.origin).contains(&entry.link()));
            }
            assert_eq!(table.find(1, 2, u64::MAX), None);
        }
        assert_eq!(Table::default().find(1, 2, u64::MAX), None);
    }

    #[test]
    fn merging_equals_building_and_filters_undo_it() {
        let (a, b) = (entries(0..500, 3), entries(400..900, 8));
        let merged = Table::merge(&Table::build(a.clone()), &Table::build(b.clone()));
        assert_eq!(merged, Table::build([a, b.clone()].concat()));
        assert_eq!(merged.newer_than(LogIndex(3)), Table::build(b));
        let stamped = merged.stamped(LogIndex(9));
        assert!(stamped.entries().iter().all(|entry| entry.index() == 9));
        let newest = entries(450..451, 8)[0];
        assert_eq!(merged.find(newest.high, newest.low, 9), Some(&newest));
        let old = merged
            .find(newest.high, newest.low, 7)
            .expect("the older version");
        assert_eq!(old.index(), 3);
        assert_ne!(old.hash(), IdentifierHash([0; 16]));
    }
}
