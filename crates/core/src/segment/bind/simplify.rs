//! Simplification of sets, by set rules only: what stands in a leaf is never touched.
//!
//! `NOT a = b` is a complement, which holds people without a value; no rule may turn it into
//! `a <> b`.

use std::collections::BTreeSet;

use crate::{
    segment::plan::{Node, NodeKind, Predicate},
    value::Value,
};

/// A leaf; constants are everybody or nobody.
pub(super) fn leaf(node: Node) -> Predicate {
    match &node.kind {
        NodeKind::Literal(Value::Bool(true)) => Predicate::All,
        NodeKind::Literal(_) => Predicate::Nothing,
        _ => Predicate::Leaf(node),
    }
}

pub(super) fn not(inner: Predicate) -> Predicate {
    match inner {
        Predicate::All => Predicate::Nothing,
        Predicate::Nothing => Predicate::All,
        Predicate::Not(inner) => *inner,
        other => Predicate::Not(Box::new(other)),
    }
}

pub(super) fn and(items: Vec<Predicate>) -> Predicate {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Predicate::And(inner) => flat.extend(inner),
            Predicate::All => {}
            Predicate::Nothing => return Predicate::Nothing,
            other => flat.push(other),
        }
    }
    joined(flat, Predicate::All, Predicate::And)
}

pub(super) fn or(items: Vec<Predicate>) -> Predicate {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Predicate::Or(inner) => flat.extend(inner),
            Predicate::Nothing => {}
            Predicate::All => return Predicate::All,
            other => flat.push(other),
        }
    }
    joined(flat, Predicate::Nothing, Predicate::Or)
}

/// Each set once, at its first place.
fn joined(
    items: Vec<Predicate>,
    empty: Predicate,
    chain: fn(Vec<Predicate>) -> Predicate,
) -> Predicate {
    let mut seen = BTreeSet::new();
    let first: Vec<bool> = items.iter().map(|item| seen.insert(item)).collect();
    let kept = items.into_iter().zip(first).filter(|(_, first)| *first);
    let mut kept: Vec<Predicate> = kept.map(|(item, _)| item).collect();
    match kept.len() {
        0 => empty,
        1 => kept.pop().unwrap_or(empty),
        _ => chain(kept),
    }
}
