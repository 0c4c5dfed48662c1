//! From a bound plan to a program: the shape of the set expression.

use std::sync::Arc;

use tagma_core::segment::{Node, Plan, Predicate, TagSlot};

use super::{
    Error, Program,
    computed::MemoRange,
    estimate::Estimate,
    fallible::may_fail,
    leaf::{LeafCompiler, slots_of},
    program::{ComputedLeaf, Step},
};
use crate::section::TagSection;

impl Program {
    /// Compiles a plan for one shard; `sections[slot]` is the section of `plan.tags[slot]` in it,
    /// `None` where the tag has no published version.
    ///
    /// # Errors
    /// [`Error::KindMismatch`], [`Error::NoSuchSlot`] where plan and sections do not belong
    /// together, [`Error::Section`] where a dictionary cannot be read.
    pub fn compile(plan: &Plan, sections: &[Option<Arc<TagSection>>]) -> Result<Self, Error> {
        let conjuncts = match &plan.root {
            Predicate::And(parts) => parts.as_slice(),
            root => std::slice::from_ref(root),
        };
        Self::compile_steps(conjuncts, &plan.tags, sections)
    }

    /// Compiles the intersection of `steps`, which [`super::Evaluator::steps`] counts one by one.
    ///
    /// # Errors
    /// As [`Program::compile`].
    pub fn compile_steps(
        steps: &[Predicate],
        tags: &[TagSlot],
        sections: &[Option<Arc<TagSection>>],
    ) -> Result<Self, Error> {
        check_kinds(tags, sections)?;
        let mut compiler = Compiler {
            leaves: LeafCompiler::new(sections),
            computed: Vec::new(),
        };
        let conjuncts: Vec<Step> = steps
            .iter()
            .map(|step| compiler.predicate(step))
            .collect::<Result<_, _>>()?;
        let mut program = Self {
            order: (0..conjuncts.len()).collect(),
            conjuncts,
            computed: compiler.computed,
            predicates: steps.to_vec(),
            sections: sections.to_vec(),
        };
        let ranks: Vec<f64> = program
            .conjuncts
            .iter()
            .map(|step| Estimate::of(step, sections).rank())
            .collect();
        program
            .order
            .sort_by(|a, b| ranks[*a].total_cmp(&ranks[*b]));
        Ok(program)
    }
}

fn check_kinds(tags: &[TagSlot], sections: &[Option<Arc<TagSection>>]) -> Result<(), Error> {
    for (slot, tag) in tags.iter().enumerate() {
        match sections.get(slot) {
            None => {
                return Err(Error::NoSuchSlot {
                    slot,
                    given: sections.len(),
                });
            }
            Some(Some(section)) if section.kind() != tag.kind => {
                return Err(Error::KindMismatch {
                    tag: tag.name.clone(),
                    expected: tag.kind,
                    found: section.kind(),
                });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

struct Compiler<'a> {
    leaves: LeafCompiler<'a>,
    computed: Vec<ComputedLeaf>,
}

impl Compiler<'_> {
    fn predicate(&mut self, predicate: &Predicate) -> Result<Step, Error> {
        Ok(match predicate {
            Predicate::All => Step::All,
            Predicate::Nothing => Step::Nothing,
            Predicate::And(parts) => intersection(self.ordered(parts)?),
            Predicate::Or(parts) => union(self.all(parts)?),
            Predicate::Not(inner) => complement(self.predicate(inner)?),
            Predicate::Leaf(node) => {
                let slots = slots_of(node);
                let given = self.leaves.sections.len();
                if let Some(slot) = slots.iter().copied().find(|slot| *slot >= given) {
                    return Err(Error::NoSuchSlot { slot, given });
                }
                match self.leaves.compile(node, &slots)? {
                    Some(step) => step,
                    None => self.computed_leaf(node, slots),
                }
            }
        })
    }

    fn all(&mut self, parts: &[Predicate]) -> Result<Vec<Step>, Error> {
        parts.iter().map(|part| self.predicate(part)).collect()
    }

    /// The parts of an intersection, cheapest and most selective first.
    fn ordered(&mut self, parts: &[Predicate]) -> Result<Vec<Step>, Error> {
        let sections = self.leaves.sections;
        let mut ranked: Vec<(f64, Step)> = self
            .all(parts)?
            .into_iter()
            .map(|step| (Estimate::of(&step, sections).rank(), step))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(ranked.into_iter().map(|(_, step)| step).collect())
    }

    fn computed_leaf(&mut self, node: &Node, slots: Vec<usize>) -> Step {
        let sections = self.leaves.sections;
        let memo = match slots.as_slice() {
            [slot] => sections[*slot].as_deref().and_then(MemoRange::of),
            _ => None,
        };
        self.computed.push(ComputedLeaf {
            may_fail: may_fail(node, sections),
            node: node.clone(),
            slots,
            memo,
        });
        Step::Computed {
            leaf: self.computed.len() - 1,
        }
    }
}

/// Steps are dropped only where they cannot have an error: computed leaves always stay registered.
fn intersection(steps: Vec<Step>) -> Step {
    if steps.contains(&Step::Nothing) {
        return Step::Nothing;
    }
    let mut steps: Vec<_> = steps
        .into_iter()
        .filter(|step| *step != Step::All)
        .collect();
    match steps.len() {
        0 => Step::All,
        1 => steps.remove(0),
        _ => Step::And(steps),
    }
}

fn union(steps: Vec<Step>) -> Step {
    if steps.contains(&Step::All) {
        return Step::All;
    }
    let mut steps: Vec<_> = steps
        .into_iter()
        .filter(|step| *step != Step::Nothing)
        .collect();
    match steps.len() {
        0 => Step::Nothing,
        1 => steps.remove(0),
        _ => Step::Or(steps),
    }
}

/// A complement is pushed into what has one of the same form.
fn complement(step: Step) -> Step {
    match step {
        Step::All => Step::Nothing,
        Step::Nothing => Step::All,
        Step::Not(inner) => *inner,
        Step::Values { slot, set, .. } => Step::values(slot, set.complement()),
        Step::Bool { slot, set } => Step::Bool {
            slot,
            set: set.complement(),
        },
        step => Step::Not(Box::new(step)),
    }
}
