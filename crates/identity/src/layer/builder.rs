//! `LayerBuilder`: collects what a batch adds, then sorts it once.

use tagma_core::OneId;

use super::{Error, Layer, NewIdentifier};
use crate::forest::ForestChange;
use crate::table::{Entry, INDEX_PENDING, Table};

/// Collects people, identifiers and forest changes of one batch.
#[derive(Debug, Default)]
pub struct LayerBuilder {
    shard_count: u16,
    first_creation: u64,
    people: Vec<OneId>,
    entries: Vec<Entry>,
    changes: Vec<ForestChange>,
}

impl LayerBuilder {
    /// A layer whose first person will be number `first_creation`, placed among `shard_count`.
    pub fn new(shard_count: u16, first_creation: u64) -> Self {
        Self {
            shard_count,
            first_creation,
            ..Self::default()
        }
    }

    /// The next person created.
    pub fn create(&mut self, person: OneId) {
        self.people.push(person);
    }

    /// Attaches an identifier; each hash at most once.
    pub fn attach(&mut self, identifier: NewIdentifier) {
        let NewIdentifier {
            hash,
            type_number,
            origin,
        } = identifier;
        self.entries
            .push(Entry::new(hash, origin, type_number, INDEX_PENDING));
    }

    /// Makes an identifier nobody's; each hash at most once.
    pub fn unbind(&mut self, identifier: NewIdentifier) {
        let NewIdentifier {
            hash,
            type_number,
            origin,
        } = identifier;
        self.entries
            .push(Entry::unbound(hash, origin, type_number, INDEX_PENDING));
    }

    /// The next change of the forest.
    pub fn change(&mut self, change: ForestChange) {
        self.changes.push(change);
    }

    /// Identifiers attached or unbound so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was attached or unbound so far.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The layer.
    ///
    /// # Errors
    /// [`Error::Twice`] where a hash was attached twice, [`Error::TooLarge`] beyond 2³² − 1.
    pub fn finish(self) -> Result<Layer, Error> {
        let most = u32::MAX as usize;
        if self.entries.len() > most || self.people.len() > most || self.changes.len() > most {
            return Err(Error::TooLarge);
        }
        let table = Table::build(self.entries);
        let mut pairs = table.entries().windows(2);
        if let Some(pair) = pairs.find(|pair| pair[0].hash() == pair[1].hash()) {
            return Err(Error::Twice(pair[0].origin));
        }
        let (shard_count, first_creation) = match self.people.is_empty() {
            true => (0, 0),
            false => (self.shard_count, self.first_creation),
        };
        Ok(Layer {
            shard_count,
            first_creation,
            people: self.people,
            table,
            changes: self.changes,
        })
    }
}
