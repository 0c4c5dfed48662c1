//! `Records`: the identifiers of a batch of records in one flat array.

use crate::key::IdentifierHash;

/// One identifier of a record: normalised, not blocked, hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordIdentifier {
    /// Number of its type.
    pub type_number: u16,
    /// Priority of its type, 1 strongest.
    pub priority: u16,
    /// Keyed hash of type and value.
    pub hash: IdentifierHash,
}

impl RecordIdentifier {
    /// Strength within a record: priority, then type, then hash, so that the order in which a
    /// record names its identifiers never shows.
    pub(super) fn rank(&self) -> (u16, u16, IdentifierHash) {
        (self.priority, self.type_number, self.hash)
    }
}

/// Records in the order in which they arrived; reused from batch to batch.
#[derive(Debug, Clone, Default)]
pub struct Records {
    identifiers: Vec<RecordIdentifier>,
    ends: Vec<usize>,
}

impl Records {
    /// No records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record with these identifiers, possibly none.
    pub fn push(&mut self, identifiers: impl IntoIterator<Item = RecordIdentifier>) {
        self.identifiers.extend(identifiers);
        self.ends.push(self.identifiers.len());
    }

    /// Forgets all records, keeps the memory.
    pub fn clear(&mut self) {
        self.identifiers.clear();
        self.ends.clear();
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Identifiers of all records, one record after the other.
    pub fn identifiers(&self) -> &[RecordIdentifier] {
        &self.identifiers
    }

    /// Where the identifiers of record number `record` stand in [`Records::identifiers`].
    pub fn range(&self, record: usize) -> std::ops::Range<usize> {
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[record]
    }

    /// Where the identifiers of each record stand in [`Records::identifiers`].
    pub(super) fn ranges(&self) -> impl ExactSizeIterator<Item = std::ops::Range<usize>> + '_ {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let range = start..*end;
            start = *end;
            range
        })
    }
}
