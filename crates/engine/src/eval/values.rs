//! Leaves the people whose value is in a set: by lists of people, by a scan of codes, or one by
//! one.

use super::{
    Error,
    domain::ValueSet,
    interval::{IntervalSet, Ranges},
    narrow::{Narrower, keep_absent},
    scan::{is_within, scan},
};
use crate::{
    chunk::{ChunkSet, Container},
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

impl Narrower<'_> {
    /// `rest`: the raw values that are not in the set.
    pub(super) fn keep_values(
        &mut self,
        section: &TagSection,
        (values, rest): (&ValueSet, &IntervalSet),
        set: &mut ChunkSet,
    ) -> Result<(), Error> {
        let Some(bounds) = section.bounds(self.chunk) else {
            keep_absent(values.null, set);
            return Ok(());
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
        (ranges, others): (Ranges<'_>, Ranges<'_>),
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
        let bounds = (bounds.min, bounds.max);
        let arena = &mut self.scratch.arena;
        match &column.data {
            ColumnData::Dense(codes) if set.count() > LOOKED_UP_MAX => {
                scan(codes, ranges, bounds, people.words_mut(), arena);
                return Ok(Found::InsideOrAbsent);
            }
            ColumnData::Sparse(codes) => {
                let mut ranks = arena.lend();
                scan(codes, ranges, bounds, ranks.words_mut(), arena);
                // Bit planes end in whole words: what lies behind the last code is nobody.
                ranks.truncate(codes.count());
                if let Container::Array(positions) = column.presence {
                    for rank in ranks.iter() {
                        people.insert(u16::from_le_bytes(positions[usize::from(rank)]));
                    }
                }
                arena.give_back(ranks);
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
        ranges: Ranges<'_>,
        hits: &mut ChunkSet,
    ) -> Result<bool, Error> {
        let cut = |low: i64, high: i64| (low.max(bounds.min), high.min(bounds.max));
        let values: i64 =
            ranges
                .iter()
                .map(|range| cut(range.0, range.1))
                .fold(0, |sum, (low, high)| {
                    sum.saturating_add(high.saturating_sub(low))
                        .saturating_add(1)
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

fn look_up(column: &Column<'_>, ranges: Ranges<'_>, set: &ChunkSet, people: &mut ChunkSet) {
    for position in set.iter() {
        if column
            .raw(position)
            .is_some_and(|raw| is_within(raw, ranges))
        {
            people.insert(position);
        }
    }
}
