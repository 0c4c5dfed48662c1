//! Conditions of a query on an events table, as conditions on its stored columns.
//!
//! Owns which sections a condition on the event makes superfluous, and which conditions Parquet
//! statistics may be asked about. Everything here only skips rows that cannot match: the query
//! applies its conditions again.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::exposure::{Exposure, How};
use crate::arrow_types::UTC;

/// The events that rows may have under all `filters`; `None`: any.
pub(super) fn events_wanted(
    filters: &[Expr],
    exposure: &Exposure,
    event: Option<&str>,
) -> Option<BTreeSet<String>> {
    let event = event?;
    let wanted = filters.iter().filter_map(|f| events_of(f, exposure, event));
    wanted.reduce(|a, b| a.intersection(&b).cloned().collect())
}

/// The events that rows may have under `filter`; `None`: not bounded by it.
fn events_of(filter: &Expr, exposure: &Exposure, event: &str) -> Option<BTreeSet<String>> {
    let is_event = |e: &Expr| match e {
        Expr::Column(c) => exposure.column(&c.name).is_some_and(|c| c.source == event),
        _ => false,
    };
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::Eq if is_event(left) => text(right).map(|t| BTreeSet::from([t])),
            Operator::Eq if is_event(right) => text(left).map(|t| BTreeSet::from([t])),
            Operator::And => {
                let sides = [left, right].map(|side| events_of(side, exposure, event));
                sides
                    .into_iter()
                    .flatten()
                    .reduce(|a, b| a.intersection(&b).cloned().collect())
            }
            Operator::Or => {
                let mut all = events_of(left, exposure, event)?;
                all.extend(events_of(right, exposure, event)?);
                Some(all)
            }
            _ => None,
        },
        Expr::InList(InList {
            expr,
            list,
            negated,
        }) if !negated && is_event(expr) => list.iter().map(text).collect(),
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten().map(str::to_string),
        _ => None,
    }
}

/// `filter` over stored columns; `None` where it says nothing that statistics can answer.
pub(super) fn stored_filter(filter: &Expr, exposure: &Exposure) -> Result<Option<Expr>> {
    let mut simple = true;
    filter.apply(|node| {
        simple &= is_simple(node, exposure);
        Ok(if simple {
            TreeNodeRecursion::Continue
        } else {
            TreeNodeRecursion::Stop
        })
    })?;
    if !simple {
        return Ok(None);
    }
    let stored = filter.clone().transform(|node| translate(node, exposure))?;
    Ok(Some(stored.data))
}

fn is_simple(node: &Expr, exposure: &Exposure) -> bool {
    match node {
        Expr::Column(column) => {
            let exposed = exposure.column(&column.name);
            exposed.is_some_and(|c| c.how != How::Midnight)
        }
        Expr::BinaryExpr(binary) => {
            binary.op.supports_propagation() || matches!(binary.op, Operator::And | Operator::Or)
        }
        Expr::Literal(..)
        | Expr::InList(_)
        | Expr::Between(_)
        | Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_) => true,
        _ => false,
    }
}

fn translate(node: Expr, exposure: &Exposure) -> Result<Transformed<Expr>> {
    match node {
        Expr::Column(column) => {
            let exposed = exposure.column(&column.name).ok_or_else(|| {
                DataFusionError::Internal(format!("column `{}` is not exposed", column.name))
            })?;
            let stored = Column::new_unqualified(exposed.source.clone());
            Ok(Transformed::yes(Expr::Column(stored)))
        }
        Expr::Literal(ScalarValue::TimestampMicrosecond(instant, Some(_)), metadata) => {
            let stored = ScalarValue::TimestampMicrosecond(instant, Some(UTC.into()));
            Ok(Transformed::yes(Expr::Literal(stored, metadata)))
        }
        other => Ok(Transformed::no(other)),
    }
}
