//! The heart of the evaluation: takes a set of people of one chunk and leaves those in a step.
//!
//! A set only ever shrinks, so a condition is looked at only for people whom earlier ones left,
//! and a complement is a difference. All sets come from the arena: no chunk allocates.

use tagma_core::{Value, segment::scalar};

use super::{
    Error,
    domain::ValueSet,
    program::{BoolSet, ComputedLeaf, Program, Step},
    scan::scan,
};
use crate::{
    chunk::{Arena, ChunkSet, Container},
    section::{ChunkBounds, Column, ColumnData, TagSection},
};

/// Of so many people of a chunk one by one is faster than scanning its codes (measured: a scan
/// costs as much as some 500 to 1,500 lookups, by width).
const LOOKED_UP_MAX: u32 = 512;

/// A list of people is read where the lists of all values asked for hold at most this share.
const LISTED_FRACTION: u32 = 8;

/// Lists of at most this many values are read.
const LISTS_MAX: i64 = 256;

/// Working memory that is kept from chunk to chunk.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) arena: Arena,
    /// For each computed leaf that may fail: the people of the chunk for whom it is TRUE.
    pub(super) settled: Vec<Option<ChunkSet>>,
}

/// One chunk under evaluation.
pub(super) struct Narrower<'a> {
    pub(super) program: &'a Program,
    pub(super) chunk: u32,
    pub(super) scratch: &'a mut Scratch,
}

impl Narrower<'_> {
    /// Computes the leaves that may fail for everybody in `alive`, so that no error depends on the
    /// order of conditions. To be called first.
    pub(super) fn settle(&mut self, alive: &ChunkSet) -> Result<(), Error> {
        self.scratch.settled.resize_with(self.program.computed.len(), || None);
        for (index, leaf) in self.program.computed.iter().enumerate() {
            if leaf.may_fail {
                let mut set = match self.scratch.settled[index].take() {
                    Some(set) => set,
                    None => self.scratch.arena.lend(),
                };
                set.assign(alive);
                self.keep_computed(leaf, &mut set)?;
                self.scratch.settled[index] = Some(set);
            }
        }
        Ok(())
    }

    /// Leaves in `set` the people who are in `step`.
    pub(super) fn narrow(&mut self, step: &Step, set: &mut ChunkSet) -> Result<(), Error> {
        match step {
            Step::All => Ok(()),
            Step::Nothing => {
                set.clear();
                Ok(())
            }
            Step::And(steps) => self.narrow_all(steps.iter(), set),
            Step::Or(steps) => self.narrow_any(steps, set),
            Step::Not(inner) => {
                let mut inside = self.scratch.arena.lend_copy(set);
                self.narrow(inner, &mut inside)?;
                set.and_not(&inside);
                self.scratch.arena.give_back(inside);
                Ok(())
            }
            Step::Values { slot, set: values } => match self.program.section(*slot) {
                Some(section) => self.keep_values(section, values, set),
                None => Ok(keep_absent(values.null, set)),
            },
            Step::Bool { slot, set: values } => match self.program.section(*slot) {
                Some(section) => self.keep_bool(section, *values, set),
                None => Ok(keep_absent(values.null, set)),
            },
            Step::Computed { leaf } => {
                if let Some(Some(settled)) = self.scratch.settled.get(*leaf) {
                    set.and(settled);
                    return Ok(());
                }
                self.keep_computed(&self.program.computed[*leaf], set)
            }
        }
    }

    /// Leaves the people who are in every step.
    pub(super) fn narrow_all<'s>(
        &mut self,
        steps: impl Iterator<Item = &'s Step> + Clone,
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        if steps.clone().any(|step| self.excludes(step)) {
            set.clear();
        }
        for step in steps {
            if set.is_empty() {
                set.clear();
                return Ok(());
            }
            self.narrow(step, set)?;
        }
        Ok(())
    }

    fn narrow_any(&mut self, steps: &[Step], set: &mut ChunkSet) -> Result<(), Error> {
        let mut found = self.scratch.arena.lend();
        for step in steps {
            if set.is_empty() {
                break;
            }
            let mut inside = self.scratch.arena.lend_copy(set);
            self.narrow(step, &mut inside)?;
            set.and_not(&inside);
            found.or(&inside);
            self.scratch.arena.give_back(inside);
        }
        std::mem::swap(set, &mut found);
        self.scratch.arena.give_back(found);
        Ok(())
    }

    /// Whether the bounds alone say that nobody of the chunk is in `step`.
    fn excludes(&self, step: &Step) -> bool {
        match step {
            Step::Nothing => true,
            Step::Values { slot, set } if !set.null => {
                let section = self.program.section(*slot);
                let bounds = section.and_then(|section| section.bounds(self.chunk));
                bounds.is_none_or(|bounds| set.raws.meeting(bounds.min, bounds.max).is_empty())
            }
            _ => false,
        }
    }

    fn keep_bool(
        &mut self,
        section: &TagSection,
        values: BoolSet,
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        let column = section.column(self.chunk)?;
        let truth = match &column.data {
            ColumnData::Bool(truth) => *truth,
            _ => Container::EMPTY,
        };
        match (values.yes, values.no, values.null) {
            (false, false, false) => set.clear(),
            (true, true, true) => {}
            (true, false, false) => set.and_container(&truth),
            (false, true, false) => {
                set.and_container(&column.presence);
                set.and_not_container(&truth);
            }
            (true, true, false) => set.and_container(&column.presence),
            (false, false, true) => set.and_not_container(&column.presence),
            (false, true, true) => set.and_not_container(&truth),
            (true, false, true) => {
                let mut no = self.scratch.arena.lend();
                no.assign_container(&column.presence);
                no.and_not_container(&truth);
                set.and_not(&no);
                self.scratch.arena.give_back(no);
            }
        }
        Ok(())
    }

    fn keep_values(
        &mut self,
        section: &TagSection,
        values: &ValueSet,
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        let Some(bounds) = section.bounds(self.chunk) else {
            return Ok(keep_absent(values.null, set));
        };
        let ranges = values.raws.meeting(bounds.min, bounds.max);
        let all = matches!(ranges, [(low, high)] if *low <= bounds.min && *high >= bounds.max);
        match (all, ranges.is_empty(), values.null) {
            (true, _, true) => {}
            (true, _, false) => set.and_container(&section.presence(self.chunk)?),
            (_, true, true) => set.and_not_container(&section.presence(self.chunk)?),
            (_, true, false) => set.clear(),
            _ => {
                let mut hits = self.scratch.arena.lend();
                let found = self.find(section, bounds, ranges, set, &mut hits)?;
                self.keep_hits(section, (&hits, found), values.null, set)?;
                self.scratch.arena.give_back(hits);
            }
        }
        Ok(())
    }

    /// Leaves the hits among those with a value, and those without one if `null`.
    fn keep_hits(
        &mut self,
        section: &TagSection,
        (hits, found): (&ChunkSet, Found),
        null: bool,
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        match (null, found) {
            (false, Found::Exactly) => set.and(hits),
            (false, Found::AmongOthers) => {
                set.and(hits);
                set.and_container(&section.presence(self.chunk)?);
            }
            (true, _) => {
                let mut missed = self.scratch.arena.lend();
                missed.assign_container(&section.presence(self.chunk)?);
                missed.and_not(hits);
                set.and_not(&missed);
                self.scratch.arena.give_back(missed);
            }
        }
        Ok(())
    }

    /// Puts into `hits` the people whose value lies in `ranges`: at least those in `set`.
    fn find(
        &mut self,
        section: &TagSection,
        bounds: ChunkBounds,
        ranges: &[(i64, i64)],
        set: &ChunkSet,
        hits: &mut ChunkSet,
    ) -> Result<Found, Error> {
        if self.read_lists(section, bounds, ranges, hits)? {
            return Ok(Found::Exactly);
        }
        let column = section.column(self.chunk)?;
        match &column.data {
            ColumnData::Dense(codes) if set.count() > LOOKED_UP_MAX => {
                scan(codes, ranges, (bounds.min, bounds.max), hits.words_mut());
                return Ok(Found::AmongOthers);
            }
            ColumnData::Sparse(codes) => {
                let mut ranks = self.scratch.arena.lend();
                scan(codes, ranges, (bounds.min, bounds.max), ranks.words_mut());
                if let Container::Array(positions) = column.presence {
                    for rank in ranks.iter().take_while(|rank| usize::from(*rank) < positions.len())
                    {
                        hits.insert(u16::from_le_bytes(positions[usize::from(rank)]));
                    }
                }
                self.scratch.arena.give_back(ranks);
            }
            _ => look_up(&column, ranges, set, hits),
        }
        Ok(Found::Exactly)
    }

    /// Reads the lists of the values asked for, where there are lists and they are short.
    fn read_lists(
        &self,
        section: &TagSection,
        bounds: ChunkBounds,
        ranges: &[(i64, i64)],
        hits: &mut ChunkSet,
    ) -> Result<bool, Error> {
        let cut = |low: i64, high: i64| (low.max(bounds.min), high.min(bounds.max));
        let values: i64 = ranges
            .iter()
            .map(|range| cut(range.0, range.1))
            .fold(0, |sum, (low, high)| sum.saturating_add(high.saturating_sub(low)) + 1);
        if values > LISTS_MAX {
            return Ok(false);
        }
        let Some(index) = section.value_index(self.chunk)? else {
            return Ok(false);
        };
        let lists = || {
            let codes = ranges.iter().map(|range| cut(range.0, range.1));
            codes.flat_map(|(low, high)| index.lists(low as u32, high as u32))
        };
        let people: u32 = lists().fold(0, |sum, (people, _)| sum.saturating_add(people));
        if people > bounds.rows / LISTED_FRACTION {
            return Ok(false);
        }
        lists().for_each(|(_, list)| hits.or_container(&list));
        Ok(true)
    }

    fn keep_computed(&mut self, leaf: &ComputedLeaf, set: &mut ChunkSet) -> Result<(), Error> {
        let columns = Columns::load(self.program, leaf, self.chunk)?;
        let mut kept = self.scratch.arena.lend();
        for position in set.iter() {
            if columns.holds(leaf, position)? {
                kept.insert(position);
            }
        }
        std::mem::swap(set, &mut kept);
        self.scratch.arena.give_back(kept);
        Ok(())
    }
}

/// Whether hits may hold people without a value.
#[derive(Debug, Clone, Copy)]
enum Found {
    Exactly,
    AmongOthers,
}

/// Nobody has a value.
fn keep_absent(null: bool, set: &mut ChunkSet) {
    if !null {
        set.clear();
    }
}

fn look_up(column: &Column<'_>, ranges: &[(i64, i64)], set: &ChunkSet, hits: &mut ChunkSet) {
    for position in set.iter() {
        let hit = column.raw(position).is_some_and(|raw| {
            let after = ranges.partition_point(|(low, _)| *low <= raw);
            after > 0 && raw <= ranges[after - 1].1
        });
        if hit {
            hits.insert(position);
        }
    }
}

/// The columns that a computed leaf reads.
struct Columns<'a> {
    chunk: u32,
    columns: Vec<(usize, &'a TagSection, Column<'a>)>,
}

impl<'a> Columns<'a> {
    fn load(program: &'a Program, leaf: &ComputedLeaf, chunk: u32) -> Result<Self, Error> {
        let mut columns = Vec::with_capacity(leaf.slots.len());
        for slot in &leaf.slots {
            if let Some(section) = program.section(*slot) {
                columns.push((*slot, section, section.column(chunk)?));
            }
        }
        Ok(Self { chunk, columns })
    }

    fn holds(&self, leaf: &ComputedLeaf, position: u16) -> Result<bool, Error> {
        let mut damage = None;
        let result = scalar::eval(&leaf.node, &mut |slot| {
            self.value(slot, position).unwrap_or_else(|error| {
                damage.get_or_insert(error);
                Value::Null
            })
        });
        match damage {
            Some(error) => Err(error.into()),
            None => Ok(result? == Value::Bool(true)),
        }
    }

    fn value(&self, slot: usize, position: u16) -> Result<Value, crate::section::Error> {
        let Some((_, section, column)) = self.columns.iter().find(|(own, ..)| *own == slot) else {
            return Ok(Value::Null);
        };
        match column.raw(position) {
            Some(raw) => section.to_value(self.chunk, raw),
            None => Ok(Value::Null),
        }
    }
}
