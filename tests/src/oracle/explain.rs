//! Waterfall and why: how an expression comes to its answer.
//!
//! Owns their shapes. Must not evaluate anything by itself.

use std::collections::BTreeSet;

use tagma_core::{OneId, Value, schema::Name, segment::Expr};

use super::{OracleError, eval::Evaluator};

/// One conjunct of the top-level AND.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaterfallStep {
    /// The conjunct.
    pub expr: Expr,
    /// People in this conjunct and all before it.
    pub remaining: u64,
}

/// What one leaf says about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafWhy {
    /// The leaf: `Expr::Leaf`, `Expr::Segment`, `Expr::All` or `Expr::Nothing`.
    pub leaf: Expr,
    /// The tags that the leaf reads, in order of name, with the person's values. Empty for a nested
    /// segment.
    pub values: Vec<(Name, Value)>,
    /// SQL's value of the leaf: `None` is NULL. The person is in the leaf where it is `Some(true)`.
    pub truth: Option<bool>,
}

pub(super) fn waterfall(
    evaluator: &Evaluator<'_>,
    expr: &Expr,
) -> Result<Vec<WaterfallStep>, OracleError> {
    let conjuncts = match expr {
        Expr::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut left: Option<BTreeSet<OneId>> = None;
    let mut steps = Vec::new();
    for conjunct in conjuncts {
        let set = evaluator.members(conjunct)?;
        let now = match left {
            None => set,
            Some(before) => before.intersection(&set).copied().collect(),
        };
        let remaining = now.len() as u64;
        let expr = conjunct.clone();
        steps.push(WaterfallStep { expr, remaining });
        left = Some(now);
    }
    Ok(steps)
}

pub(super) fn why(
    evaluator: &Evaluator<'_>,
    expr: &Expr,
    person: OneId,
) -> Result<Vec<LeafWhy>, OracleError> {
    let mut leaves = Vec::new();
    collect_leaves(expr, &mut leaves);
    let explain = |leaf: &Expr| {
        let (values, truth) = match leaf {
            Expr::Leaf(scalar) => {
                let mut tags = BTreeSet::new();
                evaluator.tags_of(scalar, &mut tags);
                let values = tags.into_iter().map(|tag| evaluator.value(&tag, person));
                (values.collect(), evaluator.truth(scalar)?)
            }
            other => (
                Vec::new(),
                Some(evaluator.members(other)?.contains(&person)),
            ),
        };
        let leaf = leaf.clone();
        Ok(LeafWhy {
            leaf,
            values,
            truth,
        })
    };
    leaves.into_iter().map(explain).collect()
}

fn collect_leaves<'e>(expr: &'e Expr, leaves: &mut Vec<&'e Expr>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().for_each(|part| collect_leaves(part, leaves));
        }
        Expr::Not(part) => collect_leaves(part, leaves),
        Expr::All | Expr::Nothing | Expr::Segment(_) | Expr::Leaf(_) => leaves.push(expr),
    }
}
