//! Values that a plan compares categories with and that nobody has.
//!
//! Owns the search in plans. Only values that are unknown in every shard asked are told: the asker
//! keeps those that no worker knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use tagma_core::Value;
use tagma_core::schema::TagKind;
use tagma_core::segment::{Node, NodeKind, Predicate, TagSlot, Warning};

use super::error::Result;
use super::units::Target;

type Named = BTreeSet<(usize, String)>;

/// The warnings, sorted.
pub(super) fn unknown_values(targets: &[Arc<Target>]) -> Result<Vec<String>> {
    let Some(first) = targets.first() else {
        return Ok(Vec::new());
    };
    let plan = first.plan();
    let mut unknown = Named::new();
    for predicate in &plan.predicates {
        of_predicate(predicate, &plan.tags, &mut unknown);
    }
    for target in targets {
        if unknown.is_empty() {
            break;
        }
        let mut kept = Named::new();
        for (slot, value) in unknown {
            let known = match target.sections().get(slot) {
                Some(Some(section)) => {
                    let dictionary = section
                        .dictionary()
                        .map_err(tagma_engine::eval::Error::from);
                    dictionary?.code(&value).is_some()
                }
                _ => false,
            };
            if !known {
                kept.insert((slot, value));
            }
        }
        unknown = kept;
    }
    let warning = |(slot, value): (usize, String)| {
        let tag = plan.tags.get(slot)?.name.clone();
        Some(Warning::UnknownValue { tag, value }.to_string())
    };
    let warnings: BTreeSet<String> = unknown.into_iter().filter_map(warning).collect();
    Ok(warnings.into_iter().collect())
}

fn of_predicate(predicate: &Predicate, tags: &[TagSlot], named: &mut Named) {
    match predicate {
        Predicate::All | Predicate::Nothing => {}
        Predicate::And(parts) | Predicate::Or(parts) => {
            parts
                .iter()
                .for_each(|part| of_predicate(part, tags, named));
        }
        Predicate::Not(inner) => of_predicate(inner, tags, named),
        Predicate::Leaf(node) => of_node(node, tags, named),
    }
}

fn of_node(node: &Node, tags: &[TagSlot], named: &mut Named) {
    match &node.kind {
        NodeKind::Compare { left, right, .. } => match (&left.kind, &right.kind) {
            (NodeKind::Tag(slot), NodeKind::Literal(value))
            | (NodeKind::Literal(value), NodeKind::Tag(slot)) => add(*slot, value, tags, named),
            _ => {}
        },
        NodeKind::In { value, list, .. } => {
            if let NodeKind::Tag(slot) = &value.kind {
                list.iter().for_each(|value| add(*slot, value, tags, named));
            }
        }
        NodeKind::And(parts) | NodeKind::Or(parts) => {
            parts.iter().for_each(|part| of_node(part, tags, named));
        }
        NodeKind::Not(inner) => of_node(inner, tags, named),
        _ => {}
    }
}

/// Only of categories with a version: without one nobody has any value, which is no slip.
fn add(slot: usize, value: &Value, tags: &[TagSlot], named: &mut Named) {
    let is_category = |tag: &TagSlot| tag.kind == TagKind::Category && tag.version.is_some();
    if let (Value::Text(text), Some(true)) = (value, tags.get(slot).map(is_category)) {
        named.insert((slot, text.clone()));
    }
}
