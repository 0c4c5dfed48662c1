//! A plan brought to the sections of one shard: what the evaluator runs.

use std::sync::Arc;

use tagma_core::segment::{Node, Predicate};

use super::{computed::MemoRange, domain::ValueSet, interval::IntervalSet};
use crate::section::TagSection;

/// A compiled segment for one shard. Immutable; share it between threads.
#[derive(Debug)]
pub struct Program {
    /// The parts of the top-level intersection, in written order.
    pub(super) conjuncts: Vec<Step>,
    /// Their numbers, in the order in which they are cheapest to evaluate.
    pub(super) order: Vec<usize>,
    /// Leaves that are computed person by person.
    pub(super) computed: Vec<ComputedLeaf>,
    /// The conjuncts as bound, for questions about one person.
    pub(super) predicates: Vec<Predicate>,
    /// By slot of the plan.
    pub(super) sections: Vec<Option<Arc<TagSection>>>,
}

/// A set of people, in the form in which it is evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    All,
    Nothing,
    And(Vec<Step>),
    Or(Vec<Step>),
    Not(Box<Step>),
    /// People whose value of a category, number, date or timestamp is in a set.
    Values {
        slot: usize,
        set: ValueSet,
        /// The raw values that are not in `set`.
        rest: IntervalSet,
    },
    /// People whose value of a bool is in a set.
    Bool {
        slot: usize,
        set: BoolSet,
    },
    /// People for whom `Program::computed[leaf]` is TRUE.
    Computed {
        leaf: usize,
    },
}

/// A set of the three states of a bool tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BoolSet {
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) null: bool,
}

/// A leaf that no kernel answers.
#[derive(Debug)]
pub(super) struct ComputedLeaf {
    pub(super) node: Node,
    /// The tags that it reads, ascending.
    pub(super) slots: Vec<usize>,
    /// Whether it may have an error for somebody: then it is computed for all.
    pub(super) may_fail: bool,
    /// Where it reads one tag of few different values.
    pub(super) memo: Option<MemoRange>,
}

impl Step {
    /// People whose value in `slot` is in `set`.
    pub(super) fn values(slot: usize, set: ValueSet) -> Self {
        let rest = set.raws.complement();
        Self::Values { slot, set, rest }
    }
}

impl Program {
    /// Number of parts of the top-level intersection: the steps of a waterfall.
    pub fn conjuncts(&self) -> usize {
        self.conjuncts.len()
    }

    /// The section of a slot; `None` where the tag has no published version.
    pub(super) fn section(&self, slot: usize) -> Option<&TagSection> {
        self.sections.get(slot)?.as_deref()
    }
}
