//! What a shard holds at its applied index: people, rows in memory, runs.
//!
//! A value: one writer makes the next one from it, readers keep the one that they took. Owns the
//! order of application and what a flush or a compaction puts in the place of what. Does no IO.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use tagma_core::catalog::CreatedPeople;
use tagma_core::journal::PeopleMoves;
use tagma_core::schema::Name;
use tagma_core::{LogIndex, OneId, Ordinal, ShardId};
use tagma_engine::alive::LiveBitmap;
use tagma_sql::run::RunMeta;
use tagma_sql::tables::{Departed, Left};

use super::section::Section;

/// Rows that one entry brought to one table, with their hidden columns.
#[derive(Debug, Clone)]
pub struct HotRows {
    /// The entry.
    pub index: LogIndex,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// How many.
    pub rows: usize,
    /// Bytes of the stream that they came in.
    pub bytes: usize,
}

/// One table of a shard.
#[derive(Debug, Clone, Default)]
pub struct TableState {
    /// Rows in memory, ascending by index.
    pub hot: Vec<Arc<HotRows>>,
    /// Flushed runs; no row is both in a run and in memory.
    pub runs: Vec<Arc<RunMeta>>,
}

/// A shard as of its applied index. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ShardState {
    /// Everything up to here is in.
    pub applied: LogIndex,
    /// Everything up to here is in runs and manifest.
    pub flushed: LogIndex,
    /// Who is alive, from the floor on.
    pub people: LiveBitmap,
    /// Rows that are elsewhere from some index on.
    pub departed: Arc<Departed>,
    /// Ordinals given so far: the next person's.
    pub ordinals: Ordinal,
    /// Entries with something for the shard that are not flushed.
    pub unflushed: u64,
    /// Tables by name, built-in ones included.
    pub tables: BTreeMap<Name, Arc<TableState>>,
}

/// Why an entry does not fit what was applied before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutOfStep {
    /// People are numbered without gaps.
    #[error("it creates people from ordinal {found} on where {expected} is next")]
    Ordinal {
        /// What the entry says.
        found: Ordinal,
        /// What would follow.
        expected: Ordinal,
    },
    /// More people than ordinals.
    #[error("it creates more people than the shard has ordinals")]
    Full,
    /// Nobody comes back who was never there.
    #[error("it brings back ordinal {found}, and {next} is the next person's")]
    Unborn {
        /// What the entry says.
        found: Ordinal,
        /// The first that nobody has had.
        next: Ordinal,
    },
    /// The entry is older than the newest applied.
    #[error("it comes after a later entry")]
    Order(#[source] tagma_engine::alive::Error),
}

impl TableState {
    /// Rows in memory.
    pub fn hot_rows(&self) -> usize {
        self.hot.iter().map(|hot| hot.rows).sum()
    }

    /// Rows in memory and in runs.
    pub fn rows(&self) -> u64 {
        let flushed: u64 = self.runs.iter().map(|run| run.rows).sum();
        flushed + self.hot_rows() as u64
    }
}

impl ShardState {
    /// The oldest readable index.
    pub fn floor(&self) -> LogIndex {
        self.people.floor()
    }

    /// Bytes of rows in memory.
    pub fn hot_bytes(&self) -> usize {
        let tables = self.tables.values();
        tables
            .flat_map(|table| &table.hot)
            .map(|hot| hot.bytes)
            .sum()
    }

    /// The state after an entry; entries that are in already change nothing.
    ///
    /// # Errors
    /// `OutOfStep` where the entry cannot be the next one.
    pub fn with_entry(
        &self,
        (shard, index): (ShardId, LogIndex),
        section: Section,
    ) -> Result<Self, OutOfStep> {
        if index <= self.applied {
            return Ok(self.clone());
        }
        let mut next = self.clone();
        next.people(index, section.created, &section.people)?;
        next.depart(shard, index, section.people);
        for (name, rows) in section.tables {
            let table = next.tables.entry(name).or_default();
            Arc::make_mut(table).hot.push(Arc::new(rows));
        }
        next.unflushed += 1;
        next.applied = index;
        Ok(next)
    }

    /// Who is alive from `index` on.
    fn people(
        &mut self,
        index: LogIndex,
        created: Option<CreatedPeople>,
        moves: &PeopleMoves,
    ) -> Result<(), OutOfStep> {
        let born = created
            .map(|created| self.next_ordinals(created))
            .transpose()?;
        let gone = moves.left.iter().filter(|left| left.is_whole());
        let died = gone
            .map(|left| left.ordinal)
            .chain(moves.absorbed.iter().copied());
        let died: Vec<Ordinal> = died.collect();
        if born.is_none() && died.is_empty() && moves.revived.is_empty() {
            return Ok(());
        }
        let revived = self.revived(moves)?;
        self.ordinals = born.as_ref().map_or(self.ordinals, |born| born.end);
        let people = self
            .people
            .apply(index, born.into_iter().chain(revived), died);
        people.map_err(OutOfStep::Order).map(drop)
    }

    /// Who is alive again, one by one.
    fn revived(&self, moves: &PeopleMoves) -> Result<Vec<std::ops::Range<Ordinal>>, OutOfStep> {
        let next = self.ordinals;
        let one = |ordinal: &Ordinal| match *ordinal < next {
            true => Ok(*ordinal..*ordinal + 1),
            false => Err(OutOfStep::Unborn {
                found: *ordinal,
                next,
            }),
        };
        moves.revived.iter().map(one).collect()
    }

    fn next_ordinals(&self, created: CreatedPeople) -> Result<std::ops::Range<Ordinal>, OutOfStep> {
        if created.first != self.ordinals {
            return Err(OutOfStep::Ordinal {
                found: created.first,
                expected: self.ordinals,
            });
        }
        let end = created.first.checked_add(created.count);
        Ok(created.first..end.ok_or(OutOfStep::Full)?)
    }

    fn depart(&mut self, shard: ShardId, index: LogIndex, moves: PeopleMoves) {
        if moves.left.is_empty() {
            return;
        }
        let departed = Arc::make_mut(&mut self.departed);
        for departure in moves.left {
            let left = Left {
                at: index,
                origins: departure.origins,
                below: departure.below,
            };
            departed.leave(OneId::new(shard, departure.ordinal), left);
        }
    }

    /// The state after learning that nothing else comes up to `through`.
    pub fn through(&self, through: LogIndex) -> Self {
        Self {
            applied: self.applied.max(through),
            ..self.clone()
        }
    }

    /// The state in which rows up to `flushed` are those of `runs`, by table.
    pub fn with_flush(
        &self,
        flushed: LogIndex,
        entries: u64,
        runs: &BTreeMap<Name, Vec<Arc<RunMeta>>>,
    ) -> Self {
        let mut next = self.clone();
        for (name, table) in &mut next.tables {
            let new = runs.get(name).map_or(&[][..], Vec::as_slice);
            if new.is_empty() && table.hot.first().is_none_or(|hot| hot.index > flushed) {
                continue;
            }
            let table = Arc::make_mut(table);
            table.hot.retain(|hot| hot.index > flushed);
            table.runs.extend(new.iter().cloned());
        }
        next.flushed = next.flushed.max(flushed);
        next.unflushed = next.unflushed.saturating_sub(entries);
        next
    }

    /// The state in which `merged` stands for the runs of `table` with the keys `inputs`.
    pub fn with_merge(&self, table: &Name, inputs: &[String], merged: Arc<RunMeta>) -> Self {
        let mut next = self.clone();
        if let Some(table) = next.tables.get_mut(table) {
            let table = Arc::make_mut(table);
            table.runs.retain(|run| !inputs.contains(&run.key));
            table.runs.push(merged);
        }
        next
    }

    /// The state in which indexes below `oldest` need not be readable any more.
    pub fn with_floor(&self, oldest: LogIndex) -> Self {
        let mut next = self.clone();
        next.people.fold(oldest.min(self.applied));
        next
    }
}
