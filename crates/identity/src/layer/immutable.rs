//! `Layer`: identifiers, people and forest changes of one batch, reachable in both directions.

use tagma_core::OneId;

use crate::forest::ForestChange;
use crate::key::IdentifierHash;
use crate::table::{Entry, Table};

/// One identifier that a batch attaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewIdentifier {
    /// Keyed hash of type and value.
    pub hash: IdentifierHash,
    /// Number of its type.
    pub type_number: u16,
    /// The person that it belongs to for ever; who that is now, the forest says.
    pub origin: OneId,
}

impl From<&Entry> for NewIdentifier {
    fn from(entry: &Entry) -> Self {
        Self {
            hash: entry.hash(),
            type_number: entry.type_number(),
            origin: entry.origin,
        }
    }
}

/// What one batch adds; immutable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    pub(super) shard_count: u16,
    pub(super) first_creation: u64,
    pub(super) people: Vec<OneId>,
    pub(super) table: Table,
    pub(super) changes: Vec<ForestChange>,
}

impl Layer {
    /// Shards among which the batch's people were placed; 0 where it creates nobody.
    pub fn shard_count(&self) -> u16 {
        self.shard_count
    }

    /// Creation number of the first person of the batch: how many were created before.
    pub fn first_creation(&self) -> u64 {
        self.first_creation
    }

    /// People created, in the order of their creation.
    pub fn people(&self) -> &[OneId] {
        &self.people
    }

    /// Changes of the forest, in their order.
    pub fn changes(&self) -> &[ForestChange] {
        &self.changes
    }

    /// Number of identifiers attached or unbound.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether the batch changes nothing about people.
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0 && self.people.is_empty() && self.changes.is_empty()
    }

    /// Identifiers attached, in hash order.
    pub fn identifiers(&self) -> impl Iterator<Item = NewIdentifier> + '_ {
        let entries = self.table.entries().iter();
        entries
            .filter(|entry| !entry.is_unbound())
            .map(NewIdentifier::from)
    }

    /// Identifiers that are nobody's from here, with whose they were, in hash order.
    pub fn unbound(&self) -> impl Iterator<Item = NewIdentifier> + '_ {
        let entries = self.table.entries().iter();
        entries
            .filter(|entry| entry.is_unbound())
            .map(NewIdentifier::from)
    }

    /// The identifier with this hash, if the batch attaches it.
    pub fn lookup(&self, hash: IdentifierHash) -> Option<NewIdentifier> {
        let found = self.table.find(hash.high(), hash.low(), u64::MAX);
        found
            .filter(|entry| !entry.is_unbound())
            .map(NewIdentifier::from)
    }

    /// What the batch attaches to one origin, in hash order.
    pub fn identifiers_of(&self, origin: OneId) -> Vec<NewIdentifier> {
        let links = self.table.links_of(origin).iter();
        let mut found: Vec<NewIdentifier> = links
            .flat_map(|link| {
                let bucket = self.table.bucket(link.prefix).iter();
                bucket.filter(move |entry| entry.link() == *link && !entry.is_unbound())
            })
            .map(NewIdentifier::from)
            .collect();
        found.dedup_by_key(|identifier| identifier.hash);
        found
    }

    /// Bytes on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes()
            + size_of_val(self.people.as_slice())
            + size_of_val(self.changes.as_slice())
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }
}
