//! Subqueries in expressions: they must be about the person of the outer row.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{Expr, LogicalPlan};

use super::error::{Error, not_local};
use super::keys::{Outer, is_oneid};
use super::local::rows_of;

const UNCORRELATED: &str = "a subquery over the whole population: correlate it with \
     WHERE inner.oneid = outer.oneid, or GROUP BY oneid and join it";

/// Checks the subqueries in the expressions of `plan`, whose input rows are `around`.
pub(super) fn check_subqueries(plan: &LogicalPlan, around: Outer) -> Result<(), Error> {
    for expr in plan.expressions() {
        let mut checked = Ok(());
        let walked = expr.apply(|node| {
            checked = check_expr(node, around);
            Ok(match checked {
                Ok(()) => TreeNodeRecursion::Continue,
                Err(_) => TreeNodeRecursion::Stop,
            })
        });
        checked?;
        walked.map_err(|e| not_local(&e.to_string()))?;
    }
    Ok(())
}

fn check_expr(expr: &Expr, around: Outer) -> Result<(), Error> {
    match expr {
        Expr::ScalarSubquery(subquery) | Expr::Exists(Exists { subquery, .. }) => {
            // Whatever takes several people in there does so because nothing ties it to one.
            match rows_of(&subquery.subquery, Some(around)) {
                Ok(rows) if rows.is_one_person() => Ok(()),
                _ => Err(not_local(UNCORRELATED)),
            }
        }
        Expr::InSubquery(InSubquery { expr, subquery, .. }) => {
            let rows = rows_of(&subquery.subquery, Some(around))?;
            let by_oneid = is_oneid(expr, around.schema, around.oneids) && rows.oneids.contains(&0);
            if rows.is_one_person() || by_oneid {
                return Ok(());
            }
            Err(not_local(UNCORRELATED))
        }
        Expr::SetComparison(_) => Err(not_local(UNCORRELATED)),
        _ => Ok(()),
    }
}
