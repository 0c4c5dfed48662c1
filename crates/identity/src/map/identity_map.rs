//! `IdentityMap`: a checkpoint, the runs after it and the staged layers on top, as one map.

use std::sync::Arc;

use tagma_core::{LogIndex, OneId};

use super::batch_lookup::{self, BLOCK, Wanted};
use super::days::Days;
use super::runs::Runs;
use super::{Attached, Error, Origin};
use crate::file::Checkpoint;
use crate::forest::Forest;
use crate::key::{IdentifierHash, KeyFingerprint};
use crate::layer::Layer;
use crate::resolve::{CreationOrder, Placement};
use crate::table::{Entry, INDEX_MAX, INDEX_PENDING, Table};

/// Identifier → origin at every index since the first, and the way back.
///
/// Cheap to clone; a clone never changes. Committed layers have an index; staged ones lie on top,
/// are seen by [`IdentityMap::lookup`] only, and go when their batch fails.
#[derive(Debug, Clone)]
pub struct IdentityMap {
    fingerprint: KeyFingerprint,
    base: Option<Arc<Checkpoint>>,
    runs: Runs,
    index: LogIndex,
    days: Days,
    committed: People,
    staged: Vec<Staged>,
    /// Layers ever staged: names the place of each until it has one in the log.
    stagings: u64,
    /// `committed` with the staged layers on it.
    newest: People,
}

/// A layer that has no place in the log yet.
#[derive(Debug, Clone)]
struct Staged {
    layer: Arc<Layer>,
    /// Stands for its index in the forest: beyond every index, and growing.
    provisional: LogIndex,
    /// The UTC day on which it was resolved.
    day: i32,
}

/// Where indexes of staged layers begin: no entry of the log has one so great.
const PROVISIONAL: u64 = 1 << 40;

/// A limited identifier of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dated {
    pub(crate) hash: IdentifierHash,
    pub(crate) type_number: u16,
    /// UTC days since 1970 at which it was attached.
    pub(crate) day: i32,
}

/// What is known about people beside their identifiers.
#[derive(Debug, Clone, Default)]
struct People {
    order: CreationOrder,
    forest: Forest,
}

impl People {
    fn add(&mut self, layer: &Layer, index: LogIndex) -> Result<(), Error> {
        let mut next = self.clone();
        let follows = layer.people().is_empty() || layer.first_creation() == next.order.count();
        if !follows {
            return Err(Error::Order(Box::new(
                crate::resolve::Error::CreationOrder {
                    creation_count: next.order.count(),
                },
            )));
        }
        next.order
            .extend(layer.shard_count(), layer.people())
            .map_err(|error| Error::Order(Box::new(error)))?;
        for change in layer.changes() {
            next.forest.apply(*change, index)?;
        }
        *self = next;
        Ok(())
    }
}

impl IdentityMap {
    /// A map of nobody at index 0, for hashes made with the key of this fingerprint.
    pub fn empty(fingerprint: KeyFingerprint) -> Self {
        Self {
            fingerprint,
            base: None,
            runs: Runs::default(),
            index: LogIndex::ZERO,
            days: Days::default(),
            committed: People::default(),
            staged: Vec::new(),
            stagings: 0,
            newest: People::default(),
        }
    }

    /// The map that a checkpoint holds, at its index.
    pub fn from_checkpoint(checkpoint: Arc<Checkpoint>) -> Self {
        let people = People {
            order: checkpoint.creation_order().clone(),
            forest: checkpoint.forest().clone(),
        };
        Self {
            fingerprint: checkpoint.files().fingerprint,
            runs: Runs::default(),
            index: checkpoint.files().index,
            days: checkpoint.days().clone(),
            newest: people.clone(),
            committed: people,
            staged: Vec::new(),
            stagings: 0,
            base: Some(checkpoint),
        }
    }

    /// The same map standing on a newer checkpoint: what the checkpoint holds leaves memory.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] where it is newer than the map, older than its base, or of another
    /// key.
    pub fn rebased(&self, checkpoint: Arc<Checkpoint>) -> Result<Self, Error> {
        let files = checkpoint.files();
        let base = self.base.as_ref().map(|base| base.files().index);
        let is_older = base.is_some_and(|base| files.index < base);
        if files.index > self.index || is_older || files.fingerprint != self.fingerprint {
            return Err(Error::Checkpoint {
                checkpoint: files.index,
                at: self.index,
            });
        }
        Ok(Self {
            runs: self.runs.newer_than(files.index),
            base: Some(checkpoint),
            ..self.clone()
        })
    }

    /// Name of the key that hashes of this map are made with.
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.fingerprint
    }

    /// Newest index that the committed part knows.
    pub fn index(&self) -> LogIndex {
        self.index
    }

    /// Index of the checkpoint that it stands on; 0: none.
    pub fn base_index(&self) -> LogIndex {
        let base = self.base.as_ref();
        base.map_or(LogIndex::ZERO, |base| base.files().index)
    }

    /// Number of identifiers, staged ones included; one that was unbound counts for its history.
    pub fn len(&self) -> u64 {
        let base = self
            .base
            .as_ref()
            .map_or(0, |base| base.files().identifiers);
        let staged: usize = self.staged.iter().map(|staged| staged.layer.len()).sum();
        base + (self.runs.len() + staged) as u64
    }

    /// Whether no identifier is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Identifiers that are not in the checkpoint: what the next one would fold.
    pub fn len_in_memory(&self) -> usize {
        self.runs.len()
    }

    /// Bytes on the heap; mapped files are not counted.
    pub fn memory_bytes(&self) -> usize {
        let base = self.base.as_ref().map_or(0, |base| base.memory_bytes());
        let staged: usize = self.staged.iter().map(|one| one.layer.memory_bytes()).sum();
        base + self.runs.memory_bytes() + staged
    }

    /// People ever created, staged ones included.
    pub fn creation_count(&self) -> u64 {
        self.newest.order.count()
    }

    /// Who was created when, staged people included.
    pub fn creation_order(&self) -> &CreationOrder {
        &self.newest.order
    }

    /// Merges, staged ones included.
    pub fn forest(&self) -> &Forest {
        &self.newest.forest
    }

    /// Where the next person goes, after the staged ones.
    ///
    /// # Errors
    /// As [`CreationOrder::placement`].
    pub fn placement(&self, shard_count: u16) -> Result<Placement, crate::resolve::Error> {
        self.newest.order.placement(shard_count)
    }

    /// Layers that are staged.
    pub fn staged(&self) -> usize {
        self.staged.len()
    }

    /// Puts a layer on top that has no index yet, resolved on `day` (UTC days since 1970).
    ///
    /// # Errors
    /// [`Error::Order`] or [`Error::Forest`] where the layer does not follow.
    pub fn stage(&mut self, layer: Arc<Layer>, day: i32) -> Result<(), Error> {
        let provisional = self.next_provisional();
        self.newest.add(&layer, provisional)?;
        self.stagings += 1;
        self.staged.push(Staged {
            layer,
            provisional,
            day,
        });
        Ok(())
    }

    /// The oldest staged layer is accepted at `index`, by an entry stamped on `day`.
    ///
    /// # Errors
    /// [`Error::Staged`] where none is staged, [`Error::OutOfOrder`] where the index is not newer.
    pub fn commit(&mut self, index: LogIndex, day: i32) -> Result<(), Error> {
        let Some(oldest) = self.staged.first() else {
            return Err(Error::Staged { staged: 0 });
        };
        let layer = Arc::clone(&oldest.layer);
        self.accept(index, &layer, day)?;
        self.staged.remove(0);
        // Only forest changes carry an index: without any, both parts agree about it already.
        if layer.changes().is_empty() {
            return Ok(());
        }
        self.rebuild_newest()
    }

    /// Drops the staged layers after the first `keep`: their put or proposal has failed.
    pub fn unstage(&mut self, keep: usize) {
        self.staged.truncate(keep);
        // What was staged on this very state fits it again.
        let rebuilt = self.rebuild_newest();
        debug_assert!(rebuilt.is_ok(), "staged layers follow each other");
    }

    /// Takes a layer from the journal, of an entry stamped on `day` (UTC days since 1970).
    ///
    /// # Errors
    /// [`Error::Staged`] while layers are staged; else as [`IdentityMap::stage`] and
    /// [`IdentityMap::commit`].
    pub fn push(&mut self, index: LogIndex, layer: Arc<Layer>, day: i32) -> Result<(), Error> {
        if !self.staged.is_empty() {
            let staged = self.staged.len();
            return Err(Error::Staged { staged });
        }
        self.accept(index, &layer, day)?;
        self.newest = self.committed.clone();
        Ok(())
    }

    fn accept(&mut self, index: LogIndex, layer: &Layer, day: i32) -> Result<(), Error> {
        self.check_newer(index)?;
        self.committed.add(layer, index)?;
        self.days.add(index, day);
        self.runs.push(layer.table().stamped(index));
        self.index = index;
        Ok(())
    }

    /// Moves on over entries that change nothing about people; an older index changes nothing.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`] beyond 40 bits.
    pub fn advance(&mut self, index: LogIndex) -> Result<(), Error> {
        if index > self.index {
            self.check_newer(index)?;
            self.index = index;
        }
        Ok(())
    }

    /// Where an identifier belongs now, staged layers included.
    ///
    /// # Errors
    /// [`Error::File`] where the checkpoint is damaged.
    pub fn lookup(&self, hash: IdentifierHash) -> Result<Option<Origin>, Error> {
        let entry = self.newest_entry(hash)?;
        Ok(entry.as_ref().and_then(Origin::of))
    }

    /// Where an identifier belonged at `index`.
    ///
    /// # Errors
    /// [`Error::NotReached`] beyond the map's index, [`Error::File`] for damage.
    pub fn lookup_at(
        &self,
        hash: IdentifierHash,
        index: LogIndex,
    ) -> Result<Option<Origin>, Error> {
        if index > self.index {
            return Err(Error::NotReached {
                index,
                at: self.index,
            });
        }
        let (high, low) = (hash.high(), hash.low());
        for table in self.runs.newest_first() {
            if let Some(entry) = table.find(high, low, index.0) {
                return Ok(Origin::of(entry));
            }
        }
        let Some(base) = &self.base else {
            return Ok(None);
        };
        let entry = base.find(high, low, index.0)?;
        Ok(entry.as_ref().and_then(Origin::of))
    }

    /// [`IdentityMap::lookup`] for many at once, into `found`: several times faster each.
    ///
    /// # Errors
    /// [`Error::File`] where the checkpoint is damaged.
    pub fn lookup_many<T>(
        &self,
        items: &[T],
        hash: impl Fn(&T) -> IdentifierHash,
        found: &mut Vec<Option<Origin>>,
    ) -> Result<(), Error> {
        found.clear();
        found.resize(items.len(), None);
        let mut wanted = Vec::with_capacity(BLOCK);
        for (number, block) in items.chunks(BLOCK).enumerate() {
            let hashes = block.iter().map(&hash).enumerate();
            wanted.clear();
            wanted.extend(hashes.map(|(at, hash)| Wanted::new(hash, number * BLOCK + at)));
            for table in self.tables() {
                batch_lookup::in_table(table, &mut wanted, found);
            }
            if let Some(base) = &self.base {
                batch_lookup::in_checkpoint(base, &wanted, found)?;
            }
        }
        Ok(())
    }

    /// Every identifier of a person and of all who were merged into it, oldest first.
    ///
    /// # Errors
    /// [`Error::File`] where the checkpoint is damaged.
    pub fn identifiers_of(&self, person: OneId) -> Result<Vec<Attached>, Error> {
        let mut found = Vec::new();
        for origin in self.newest.forest.subtree(person) {
            for entry in self.entries_of(origin)? {
                if self.is_current(&entry)? {
                    found.push(Attached::from(&entry));
                }
            }
        }
        found.sort_unstable_by_key(|id| (id.index.is_none(), id.index, id.type_number, id.hash));
        found.dedup();
        Ok(found)
    }

    /// Adds what `origin` itself has of the types that are `wanted`, each identifier once.
    pub(crate) fn dated_of(
        &self,
        origin: OneId,
        wanted: impl Fn(u16) -> bool,
        found: &mut Vec<Dated>,
    ) -> Result<(), Error> {
        let mut entries = self.entries_of(origin)?;
        entries.retain(|entry| wanted(entry.type_number()));
        entries.sort_unstable();
        entries.dedup();
        for entry in entries {
            if self.is_current(&entry)? {
                found.push(Dated {
                    hash: entry.hash(),
                    type_number: entry.type_number(),
                    day: self.day_of(&entry),
                });
            }
        }
        Ok(())
    }

    /// Stands for the index of what is staged next.
    pub(crate) fn next_provisional(&self) -> LogIndex {
        LogIndex(PROVISIONAL + self.stagings)
    }

    pub(crate) fn committed_state(&self) -> (&CreationOrder, &Forest, &Days) {
        (&self.committed.order, &self.committed.forest, &self.days)
    }

    pub(crate) fn base(&self) -> Option<&Checkpoint> {
        self.base.as_deref()
    }

    pub(crate) fn run_tables(&self) -> impl Iterator<Item = &Table> {
        self.runs.newest_first()
    }

    /// Tables in memory, newest first.
    fn tables(&self) -> impl Iterator<Item = &Table> {
        let staged = self.staged.iter().rev().map(|one| one.layer.table());
        staged.chain(self.runs.newest_first())
    }

    fn newest_entry(&self, hash: IdentifierHash) -> Result<Option<Entry>, Error> {
        let (high, low) = (hash.high(), hash.low());
        for table in self.tables() {
            if let Some(entry) = table.find(high, low, u64::MAX) {
                return Ok(Some(*entry));
            }
        }
        match &self.base {
            Some(base) => Ok(base.find(high, low, u64::MAX)?),
            None => Ok(None),
        }
    }

    fn entries_of(&self, origin: OneId) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        for table in self.tables() {
            for link in table.links_of(origin) {
                let bucket = table.bucket(link.prefix).iter();
                entries.extend(bucket.filter(|entry| entry.link() == *link));
            }
        }
        if let Some(base) = &self.base {
            base.entries_of(origin, &mut entries)?;
        }
        Ok(entries)
    }

    /// Whether an entry is the last word about its identifier, and says whose it is.
    fn is_current(&self, entry: &Entry) -> Result<bool, Error> {
        Ok(!entry.is_unbound() && self.newest_entry(entry.hash())? == Some(*entry))
    }

    /// The day on which a current entry was attached.
    fn day_of(&self, entry: &Entry) -> i32 {
        if entry.index() != INDEX_PENDING {
            return self.days.day_of(entry.log_index());
        }
        let staged = self.staged.iter().rev();
        let holds = |one: &&Staged| {
            one.layer
                .table()
                .find(entry.high, entry.low, u64::MAX)
                .is_some()
        };
        staged.clone().find(holds).map_or(i32::MAX, |one| one.day)
    }

    fn check_newer(&self, index: LogIndex) -> Result<(), Error> {
        if index <= self.index || index.0 > INDEX_MAX {
            return Err(Error::OutOfOrder {
                index,
                at: self.index,
            });
        }
        Ok(())
    }

    fn rebuild_newest(&mut self) -> Result<(), Error> {
        let mut newest = self.committed.clone();
        for staged in &self.staged {
            newest.add(&staged.layer, staged.provisional)?;
        }
        self.newest = newest;
        Ok(())
    }
}
