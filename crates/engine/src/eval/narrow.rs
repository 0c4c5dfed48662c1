//! The heart of the evaluation: takes a set of people of one chunk and leaves those in a step.
//!
//! A set only ever shrinks, so a condition is looked at only for people whom earlier ones left,
//! and a complement is a difference. All sets come from the arena: no chunk allocates.

use super::{
    Error,
    computed::Memo,
    domain::ValueSet,
    interval::IntervalSet,
    program::{BoolSet, Program, Step},
    scan::scan,
};
use crate::{
    chunk::{Arena, ChunkSet, Container},
    section::{ChunkBounds, Column, ColumnData, TagSection},
};

/// Of so many people of a chunk one by one is faster than scanning its codes (measured: a scan
/// costs as much as some 500 to 1,500 lookups, by width).
const LOOKED_UP_MAX: u32 = 512;

/// Scanning a chunk's 16-bit codes for one range costs as much as reading lists of so many people.
const LISTED_PER_RANGE: u32 = 2_000;

/// Scanning for more ranges than this costs no more: they become one table.
const RANGES_PAID_MAX: u32 = 20;

/// Lists of at most this many values are read.
const LISTS_MAX: i64 = 256;

/// Working memory that is kept from chunk to chunk.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) arena: Arena,
    /// For each computed leaf that may fail: the people of the chunk for whom it is TRUE.
    pub(super) settled: Vec<Option<ChunkSet>>,
    /// For each computed leaf: what is known of values of its one tag.
    pub(super) memos: Vec<Memo>,
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
        self.scratch
            .settled
            .resize_with(self.program.computed.len(), || None);
        self.scratch
            .memos
            .resize_with(self.program.computed.len(), Memo::default);
        for (index, leaf) in self.program.computed.iter().enumerate() {
            if leaf.may_fail {
                let mut set = match self.scratch.settled[index].take() {
                    Some(set) => set,
                    None => self.scratch.arena.lend(),
                };
                set.assign(alive);
                self.keep_computed(index, &mut set)?;
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
            Step::Values {
                slot,
                set: values,
                rest,
            } => match self.program.section(*slot) {
                Some(section) => self.keep_values(section, (values, rest), set),
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
                self.keep_computed(*leaf, set)
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
            if self.excludes(step) {
                continue;
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
            Step::Values { slot, set, .. } if !set.null => {
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

    /// `rest`: the raw values that are not in the set.
    fn keep_values(
        &mut self,
        section: &TagSection,
        (values, rest): (&ValueSet, &IntervalSet),
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
                let others = rest.meeting(bounds.min, bounds.max);
                let found = self.find(section, bounds, (ranges, others), set, &mut hits)?;
                self.keep_found(section, (found, &hits), values.null, set)?;
                self.scratch.arena.give_back(hits);
            }
        }
        Ok(())
    }

    /// Leaves those with a value in the set, and those without one if `null`.
    fn keep_found(
        &mut self,
        section: &TagSection,
        (found, people): (Found, &ChunkSet),
        null: bool,
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        match (found, null) {
            (Found::Inside, false) => set.and(people),
            (Found::InsideOrAbsent, false) => {
                set.and(people);
                set.and_container(&section.presence(self.chunk)?);
            }
            (Found::Outside, false) => {
                set.and_not(people);
                set.and_container(&section.presence(self.chunk)?);
            }
            (Found::Outside, true) => set.and_not(people),
            (Found::Inside | Found::InsideOrAbsent, true) => {
                let mut outside = self.scratch.arena.lend();
                outside.assign_container(&section.presence(self.chunk)?);
                outside.and_not(people);
                set.and_not(&outside);
                self.scratch.arena.give_back(outside);
            }
        }
        Ok(())
    }

    /// Finds who of `set` has a value in `ranges`, and says how `people` tells it.
    fn find(
        &mut self,
        section: &TagSection,
        bounds: ChunkBounds,
        (ranges, others): (&[(i64, i64)], &[(i64, i64)]),
        set: &ChunkSet,
        people: &mut ChunkSet,
    ) -> Result<Found, Error> {
        if self.read_lists(section, bounds, ranges, people)? {
            return Ok(Found::Inside);
        }
        if self.read_lists(section, bounds, others, people)? {
            return Ok(Found::Outside);
        }
        let column = section.column(self.chunk)?;
        match &column.data {
            ColumnData::Dense(codes) if set.count() > LOOKED_UP_MAX => {
                scan(codes, ranges, (bounds.min, bounds.max), people.words_mut());
                return Ok(Found::InsideOrAbsent);
            }
            ColumnData::Sparse(codes) => {
                let mut ranks = self.scratch.arena.lend();
                scan(codes, ranges, (bounds.min, bounds.max), ranks.words_mut());
                // Bit planes end in whole words: what lies behind the last code is nobody.
                ranks.truncate(codes.count());
                if let Container::Array(positions) = column.presence {
                    for rank in ranks.iter() {
                        people.insert(u16::from_le_bytes(positions[usize::from(rank)]));
                    }
                }
                self.scratch.arena.give_back(ranks);
            }
            _ => look_up(&column, ranges, set, people),
        }
        Ok(Found::Inside)
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
            .fold(0, |sum, (low, high)| {
                sum.saturating_add(high.saturating_sub(low)) + 1
            });
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
        if people > LISTED_PER_RANGE * (ranges.len() as u32).min(RANGES_PAID_MAX) {
            return Ok(false);
        }
        lists().for_each(|(_, list)| hits.or_container(&list));
        Ok(true)
    }
}

/// What a set of people found says of those who are asked about.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// They are those whose value is in the set of values.
    Inside,
    /// Likewise among those with a value; of the others it says nothing.
    InsideOrAbsent,
    /// They are those whose value is not in the set of values.
    Outside,
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
