//! Coercions that would change what is meant: IN lists, where DataFusion casts the column to the
//! type of the list, and dates that meet timestamps outside comparisons.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::expr::{Cast, InList};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};

use super::error::Error;
use crate::session::{Family, family};

/// Refuses lists whose values are of another family than their left side.
pub(super) fn check_lists(plan: &LogicalPlan) -> std::result::Result<(), Error> {
    let mut mixed = None;
    let walked = plan.apply_with_subqueries(|node| {
        let schema = input_schema(node)?;
        for expr in node.expressions() {
            mixed = mixed.take().or(mixed_list(&expr, &schema)?);
        }
        Ok(if mixed.is_some() {
            TreeNodeRecursion::Stop
        } else {
            TreeNodeRecursion::Continue
        })
    });
    if let Err(error) = walked {
        return Err(Error::MixedList {
            list: error.to_string(),
        });
    }
    mixed.map_or(Ok(()), |list| Err(Error::MixedList { list }))
}

/// Refuses, in an optimised plan, casts to nanoseconds: they are DataFusion's way of bringing a
/// date and a timestamp together in COALESCE, CASE or UNION, and fail on far dates.
pub(super) fn check_times(plan: &LogicalPlan) -> std::result::Result<(), Error> {
    let mut found = None;
    let walked = plan.apply_with_subqueries(|node| {
        for expr in node.expressions() {
            expr.apply(|part| {
                if let Expr::Cast(Cast { expr, field }) = part
                    && matches!(
                        field.data_type(),
                        DataType::Timestamp(TimeUnit::Nanosecond, _)
                    )
                {
                    found = Some(expr.to_string());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
        }
        Ok(TreeNodeRecursion::Continue)
    });
    let failed = walked.err().map(|e| e.to_string());
    match found.or(failed) {
        Some(expression) => Err(Error::MixedTimes { expression }),
        None => Ok(()),
    }
}

fn input_schema(node: &LogicalPlan) -> Result<DFSchema> {
    let mut schema = DFSchema::empty();
    for input in node.inputs() {
        schema.merge(input.schema());
    }
    if node.inputs().is_empty() {
        schema.merge(node.schema());
    }
    Ok(schema)
}

fn mixed_list(expr: &Expr, schema: &DFSchema) -> Result<Option<String>> {
    let mut found = None;
    expr.apply(|node| {
        if let Expr::InList(list) = node
            && is_mixed(list, schema)?
        {
            found = Some(node.to_string());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

fn is_mixed(list: &InList, schema: &DFSchema) -> Result<bool> {
    let left = family(&list.expr.get_type(schema)?);
    for value in &list.list {
        let right = family(&value.get_type(schema)?);
        let fits = match (left, right) {
            (a, b) if a == b => true,
            (Family::Null, _) | (_, Family::Null) => true,
            (Family::Number | Family::Float, Family::Number | Family::Float) => true,
            // Read as the type that it meets, in the label's zone.
            (Family::Date | Family::Instant, Family::Text) => matches!(value, Expr::Literal(..)),
            _ => false,
        };
        if !fits {
            return Ok(true);
        }
    }
    Ok(false)
}
