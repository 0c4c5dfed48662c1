//! `Runs`: committed layers in memory, folded so that their number grows as the logarithm.

use std::sync::Arc;

use tagma_core::LogIndex;

use crate::table::Table;

/// A run is at least this many times larger than the next newer one; 2 makes equal layers fold
/// like the bits of a binary counter.
const SIZE_RATIO: usize = 2;

/// Tables from oldest to newest; entries carry their index, so folding loses nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    tables: Vec<Arc<Table>>,
}

impl Runs {
    /// Adds the newest table and folds runs that have become alike in size.
    pub(super) fn push(&mut self, table: Table) {
        if table.len() == 0 {
            return;
        }
        let mut newest = Arc::new(table);
        while let Some(older) = self
            .tables
            .pop_if(|older| older.len() < SIZE_RATIO * newest.len())
        {
            newest = Arc::new(Table::merge(&older, &newest));
        }
        self.tables.push(newest);
    }

    /// The tables, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().rev().map(AsRef::as_ref)
    }

    /// Only what came after `index`.
    pub(super) fn newer_than(&self, index: LogIndex) -> Self {
        let mut newer = Self::default();
        for table in &self.tables {
            newer.push(table.newer_than(index));
        }
        newer
    }

    /// Number of identifiers.
    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(|table| table.len()).sum()
    }

    /// Bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        self.tables.iter().map(|table| table.memory_bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use tagma_core::OneId;

    use super::*;
    use crate::key::IdentifierHash;
    use crate::table::Entry;

    #[test]
    fn thousands_of_layers_fold_into_few_runs() {
        let mut runs = Runs::default();
        let origin = OneId::from_i64(1 << 32).expect("a OneID");
        for number in 1..=5_000u64 {
            let mut hash = [0; 16];
            hash[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            let entry = Entry::new(IdentifierHash(hash), origin, 1, number);
            runs.push(Table::build(vec![entry]));
            assert!(runs.tables.len() <= 13, "{number}");
        }
        assert_eq!(runs.len(), 5_000);
        let newer = runs.newer_than(LogIndex(4_990));
        let mut indexes: Vec<u64> = newer
            .newest_first()
            .flat_map(|table| table.entries().iter().map(Entry::index))
            .collect();
        indexes.sort_unstable();
        assert_eq!(indexes, (4_991..=5_000).collect::<Vec<u64>>());
    }
}
