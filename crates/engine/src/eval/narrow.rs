//! The heart of the evaluation: takes a set of people of one chunk and leaves those in a step.
//!
//! A set only ever shrinks, so a condition is looked at only for people whom earlier ones left,
//! and a complement is a difference. All sets come from the arena: no chunk allocates.

use super::{
    Error,
    computed::Memo,
    program::{BoolSet, Program, Step},
};
use crate::{
    chunk::{Arena, ChunkSet, Container},
    section::{ColumnData, TagSection},
};

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
                None => {
                    keep_absent(values.null, set);
                    Ok(())
                }
            },
            Step::Bool { slot, set: values } => match self.program.section(*slot) {
                Some(section) => self.keep_bool(section, *values, set),
                None => {
                    keep_absent(values.null, set);
                    Ok(())
                }
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
}

/// Nobody has a value.
pub(super) fn keep_absent(null: bool, set: &mut ChunkSet) {
    if !null {
        set.clear();
    }
}
