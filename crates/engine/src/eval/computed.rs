//! Leaves that no kernel answers: computed person by person.
//!
//! Where a leaf reads one tag of few different values, it is computed once for each value met.

use tagma_core::{Value, segment::scalar};

use super::{
    Error,
    narrow::Narrower,
    program::{ComputedLeaf, Program},
};
use crate::{
    chunk::ChunkSet,
    section::{self, Column, TagSection},
};

/// Whether a leaf is TRUE for the values of its one tag, as far as known: by distance from the
/// section's smallest raw value, and last for "no value".
#[derive(Debug, Default)]
pub(super) struct Memo(Vec<Option<bool>>);

/// The raw values that a memo covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MemoRange {
    min: i64,
    values: usize,
}

/// A memo takes a byte for each raw value between the smallest and the greatest.
const MEMO_VALUES_MAX: u64 = 1 << 20;

impl MemoRange {
    /// The range of a section; `None` where a memo would be large.
    pub(super) fn of(section: &TagSection) -> Option<Self> {
        let bounds = section.all_bounds()?;
        let span = bounds.max.wrapping_sub(bounds.min).cast_unsigned();
        (span < MEMO_VALUES_MAX).then(|| Self {
            min: bounds.min,
            values: span as usize + 1,
        })
    }

    fn key(self, raw: Option<i64>) -> usize {
        raw.map_or(self.values, |raw| {
            raw.wrapping_sub(self.min).cast_unsigned() as usize
        })
    }
}

impl Memo {
    /// What is known under `key`, else what `compute` says.
    fn get_or(
        &mut self,
        range: MemoRange,
        key: usize,
        compute: impl FnOnce() -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        if self.0.is_empty() {
            self.0.resize(range.values + 1, None);
        }
        match self.0.get_mut(key) {
            Some(Some(known)) => Ok(*known),
            Some(unknown) => Ok(*unknown.insert(compute()?)),
            None => compute(),
        }
    }
}

impl Narrower<'_> {
    /// Leaves in `set` the people for whom the leaf is TRUE.
    pub(super) fn keep_computed(&mut self, leaf: usize, set: &mut ChunkSet) -> Result<(), Error> {
        let columns = Columns::load(self.program, &self.program.computed[leaf], self.chunk)?;
        let memo = &mut self.scratch.memos[leaf];
        let mut kept = self.scratch.arena.lend();
        for position in set.iter() {
            if columns.holds(position, memo)? {
                kept.insert(position);
            }
        }
        std::mem::swap(set, &mut kept);
        self.scratch.arena.give_back(kept);
        Ok(())
    }
}

/// The values of one chunk that a computed leaf reads.
struct Columns<'a> {
    leaf: &'a ComputedLeaf,
    chunk: u32,
    columns: Vec<(usize, &'a TagSection, Column<'a>)>,
}

impl<'a> Columns<'a> {
    fn load(program: &'a Program, leaf: &'a ComputedLeaf, chunk: u32) -> Result<Self, Error> {
        let mut columns = Vec::with_capacity(leaf.slots.len());
        for slot in &leaf.slots {
            if let Some(section) = program.section(*slot) {
                columns.push((*slot, section, section.column(chunk)?));
            }
        }
        Ok(Self {
            leaf,
            chunk,
            columns,
        })
    }

    fn holds(&self, position: u16, memo: &mut Memo) -> Result<bool, Error> {
        match (self.leaf.memo, self.columns.as_slice()) {
            (Some(range), [(_, _, column)]) => {
                let key = range.key(column.raw(position));
                memo.get_or(range, key, || self.compute(position))
            }
            _ => self.compute(position),
        }
    }

    fn compute(&self, position: u16) -> Result<bool, Error> {
        let mut damage = None;
        let result = scalar::matches(&self.leaf.node, &mut |slot| {
            self.value(slot, position).unwrap_or_else(|error| {
                damage.get_or_insert(error);
                Value::Null
            })
        });
        match damage {
            Some(error) => Err(error.into()),
            None => Ok(result?),
        }
    }

    fn value(&self, slot: usize, position: u16) -> Result<Value, section::Error> {
        let Some((_, section, column)) = self.columns.iter().find(|(own, ..)| *own == slot) else {
            return Ok(Value::Null);
        };
        match column.raw(position) {
            Some(raw) => section.to_value(self.chunk, raw),
            None => Ok(Value::Null),
        }
    }
}
