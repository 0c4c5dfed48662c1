//! Leaves on one tag as sets of its values, and leaves on none as constants.

use std::sync::Arc;

use tagma_core::{
    Value,
    schema::TagKind,
    segment::{
        CompareOp, Node, NodeKind, Predicate,
        scalar::{self, EvalError},
    },
};

use super::{
    Error,
    domain::{ValueSet, values_where},
    interval::IntervalSet,
    program::{BoolSet, Step},
};
use crate::section::{Dictionary, TagSection};

impl BoolSet {
    pub(super) fn complement(self) -> Self {
        Self {
            yes: !self.yes,
            no: !self.no,
            null: !self.null,
        }
    }
}

/// Brings leaves to the sections of a shard.
pub(super) struct LeafCompiler<'a> {
    pub(super) sections: &'a [Option<Arc<TagSection>>],
}

impl<'a> LeafCompiler<'a> {
    pub(super) fn new(sections: &'a [Option<Arc<TagSection>>]) -> Self {
        Self { sections }
    }

    /// The leaf as a kernel answers it; `None` if it must be computed for each person.
    pub(super) fn compile(&self, node: &Node, slots: &[usize]) -> Result<Option<Step>, Error> {
        let [slot] = *slots else {
            return Ok(match slots {
                [] => constant(node),
                _ => None,
            });
        };
        let Some(section) = self.sections[slot].as_deref() else {
            return Ok(constant(node));
        };
        let set = match section.kind() {
            TagKind::Bool => return Ok(bool_set(node).map(|set| Step::Bool { slot, set })),
            TagKind::Category => {
                let dictionary = section.dictionary()?;
                match by_lookup(node, dictionary) {
                    Some(set) => Some(set),
                    None => by_every_text(node, dictionary),
                }
            }
            kind => values_where(node, kind),
        };
        Ok(set.map(|set| Step::values(slot, set)))
    }
}

/// Whether the boolean is TRUE where every tag has this value.
fn holds(node: &Node, value: &Value) -> Result<bool, EvalError> {
    scalar::matches(node, &mut |_| value.clone())
}

/// A leaf whose tags have no value for anybody, or that reads none.
fn constant(node: &Node) -> Option<Step> {
    match holds(node, &Value::Null) {
        Ok(true) => Some(Step::All),
        Ok(false) => Some(Step::Nothing),
        // It fails for everybody, but only where there is somebody.
        Err(_) => None,
    }
}

fn bool_set(node: &Node) -> Option<BoolSet> {
    Some(BoolSet {
        yes: holds(node, &Value::Bool(true)).ok()?,
        no: holds(node, &Value::Bool(false)).ok()?,
        null: holds(node, &Value::Null).ok()?,
    })
}

/// Equality, IN and IS NULL: a search in the dictionary for each constant.
fn by_lookup(node: &Node, dictionary: &Dictionary) -> Option<ValueSet> {
    let codes = |texts: &[Value]| -> Option<IntervalSet> {
        let mut codes = Vec::with_capacity(texts.len());
        for text in texts {
            match text {
                Value::Null => {}
                Value::Text(text) => codes.extend(dictionary.code(text).map(i64::from)),
                _ => return None,
            }
        }
        Some(IntervalSet::from_values(codes))
    };
    let values = |raws| Some(ValueSet { raws, null: false });
    match &node.kind {
        NodeKind::Compare { op, left, right } => {
            let literal = match (&left.kind, &right.kind) {
                (NodeKind::Tag(_), NodeKind::Literal(value))
                | (NodeKind::Literal(value), NodeKind::Tag(_)) => value,
                _ => return None,
            };
            match op {
                CompareOp::Eq | CompareOp::NotEq if literal.is_null() => Some(ValueSet::empty()),
                CompareOp::Eq => values(codes(std::slice::from_ref(literal))?),
                CompareOp::NotEq => values(codes(std::slice::from_ref(literal))?.complement()),
                _ => None,
            }
        }
        NodeKind::In {
            value,
            list,
            negated,
        } if matches!(value.kind, NodeKind::Tag(_)) => match negated {
            false => values(codes(list)?),
            true if list.iter().any(Value::is_null) => Some(ValueSet::empty()),
            true => values(codes(list)?.complement()),
        },
        NodeKind::IsNull { value, negated } if matches!(value.kind, NodeKind::Tag(_)) => {
            let nobody = ValueSet {
                raws: IntervalSet::empty(),
                null: true,
            };
            Some(if *negated {
                nobody.complement()
            } else {
                nobody
            })
        }
        _ => None,
    }
}

/// Any other condition: computed once for each text of the section, and once for "no value".
fn by_every_text(node: &Node, dictionary: &Dictionary) -> Option<ValueSet> {
    let null = holds(node, &Value::Null).ok()?;
    let mut codes = Vec::new();
    for (text, code) in dictionary.iter() {
        if holds(node, &Value::Text(text.to_owned())).ok()? {
            codes.push(i64::from(code));
        }
    }
    Some(ValueSet {
        raws: IntervalSet::from_values(codes),
        null,
    })
}

/// The tags that a node reads, ascending.
pub(super) fn slots_of(node: &Node) -> Vec<usize> {
    let mut slots = Vec::new();
    collect_slots(node, &mut slots);
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The tags that the leaves of a set read, ascending.
pub(super) fn slots_of_set(set: &Predicate) -> Vec<usize> {
    let mut slots = Vec::new();
    let mut open = vec![set];
    while let Some(set) = open.pop() {
        match set {
            Predicate::All | Predicate::Nothing => {}
            Predicate::And(parts) | Predicate::Or(parts) => open.extend(parts),
            Predicate::Not(inner) => open.push(inner),
            Predicate::Leaf(node) => collect_slots(node, &mut slots),
        }
    }
    slots.sort_unstable();
    slots.dedup();
    slots
}

fn collect_slots(node: &Node, slots: &mut Vec<usize>) {
    if let NodeKind::Tag(slot) = node.kind {
        slots.push(slot);
    }
    for child in children(node) {
        collect_slots(child, slots);
    }
}

/// The operands of a node, in order.
fn children(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::Tag(_) | NodeKind::Literal(_) => Vec::new(),
        NodeKind::Compare { left, right, .. } | NodeKind::Arithmetic { left, right, .. } => {
            vec![left, right]
        }
        NodeKind::Between {
            value, low, high, ..
        } => vec![value, low, high],
        NodeKind::In { value, .. }
        | NodeKind::Like { value, .. }
        | NodeKind::IsNull { value, .. }
        | NodeKind::Shift { value, .. }
        | NodeKind::DateTrunc { value, .. }
        | NodeKind::LocalMidnight { value, .. }
        | NodeKind::Prefix { value, .. }
        | NodeKind::Contains { value, .. }
        | NodeKind::Not(value)
        | NodeKind::Lower(value) => vec![value],
        NodeKind::DaysBetween { from, to, .. } => vec![from, to],
        NodeKind::And(parts) | NodeKind::Or(parts) | NodeKind::Coalesce(parts) => {
            parts.iter().collect()
        }
        NodeKind::Case {
            branches,
            otherwise,
        } => branches
            .iter()
            .flat_map(|(condition, value)| [condition, value])
            .chain(otherwise.as_deref())
            .collect(),
    }
}
