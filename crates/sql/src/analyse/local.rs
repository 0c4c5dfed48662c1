//! Follows the OneID through a plan.

use std::collections::BTreeSet;

use datafusion::common::JoinType;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{Aggregate, Distinct, Expr, Join, LogicalPlan, Union, Window};

use super::error::{Error, not_local};
use super::keys::{Columns, Outer, Rows, is_oneid, joins, oneids_among, pins, unaliased};
use super::subqueries::check_subqueries;
use crate::arrow_types::ONEID;

const GROUP: &str = "GROUP BY must contain oneid, or its groups hold people of several shards";
const DISTINCT: &str = "DISTINCT must keep oneid, or it looks at people of several shards";
const LIMIT: &str = "LIMIT takes rows of the whole population";
const WINDOW: &str = "OVER needs PARTITION BY oneid, or its windows hold people of several shards";
const JOIN: &str = "tables are joined ON a.oneid = b.oneid, or people of several shards meet";
const OUTER: &str =
    "an outer join must keep the rows of one table of people: use LEFT JOIN from it";
const UNKNOWN: &str = "this form is not known to stay within one person";

/// What is known of the rows of `plan`; `outer` where it is a subquery.
pub(super) fn rows_of(plan: &LogicalPlan, outer: Option<Outer>) -> Result<Rows, Error> {
    match plan {
        // Rows of a reference table are of nobody, and the same on every shard, as VALUES are.
        LogicalPlan::TableScan(scan) if scan.source.schema().index_of(ONEID).is_err() => {
            Ok(Rows::default())
        }
        LogicalPlan::TableScan(scan) => {
            let oneid = scan.projected_schema.index_of_column_by_name(None, ONEID);
            Ok(Rows {
                people: true,
                pinned: false,
                oneids: oneid.into_iter().collect(),
            })
        }
        LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => Ok(Rows::default()),
        LogicalPlan::Projection(projection) => {
            let input = inner_rows(plan, &projection.input, outer)?;
            let schema = projection.input.schema();
            let oneids = oneids_among(&projection.expr, schema, &input.oneids);
            Ok(Rows { oneids, ..input })
        }
        LogicalPlan::Filter(filter) => {
            let mut rows = inner_rows(plan, &filter.input, outer)?;
            let schema = filter.input.schema();
            rows.pinned |= pins(&filter.predicate, schema, &rows.oneids, outer);
            Ok(rows)
        }
        LogicalPlan::Sort(sort) => {
            let rows = inner_rows(plan, &sort.input, outer)?;
            demand(sort.fetch.is_none() || rows.is_one_person(), LIMIT)?;
            Ok(rows)
        }
        LogicalPlan::Limit(limit) => {
            let rows = inner_rows(plan, &limit.input, outer)?;
            demand(rows.is_one_person(), LIMIT)?;
            Ok(rows)
        }
        LogicalPlan::SubqueryAlias(alias) => rows_of(&alias.input, outer),
        LogicalPlan::Aggregate(aggregate) => aggregate_rows(plan, aggregate, outer),
        LogicalPlan::Distinct(distinct) => distinct_rows(distinct, outer),
        LogicalPlan::Window(window) => window_rows(plan, window, outer),
        LogicalPlan::Join(join) => join_rows(plan, join, outer),
        LogicalPlan::Union(union) => union_rows(union, outer),
        _ => Err(not_local(UNKNOWN)),
    }
}

fn demand(holds: bool, reason: &str) -> Result<(), Error> {
    if holds {
        Ok(())
    } else {
        Err(not_local(reason))
    }
}

/// The rows of the one input of `plan`, the subqueries of `plan` checked against them.
fn inner_rows(
    plan: &LogicalPlan,
    input: &LogicalPlan,
    outer: Option<Outer>,
) -> Result<Rows, Error> {
    let rows = rows_of(input, outer)?;
    let around = Outer {
        schema: input.schema(),
        oneids: &rows.oneids,
    };
    check_subqueries(plan, around)?;
    Ok(rows)
}

fn aggregate_rows(
    plan: &LogicalPlan,
    aggregate: &Aggregate,
    outer: Option<Outer>,
) -> Result<Rows, Error> {
    let input = inner_rows(plan, &aggregate.input, outer)?;
    let sets = aggregate
        .group_expr
        .iter()
        .any(|e| matches!(unaliased(e), Expr::GroupingSet(_)));
    let oneids = match sets {
        true => Columns::new(),
        false => oneids_among(
            &aggregate.group_expr,
            aggregate.input.schema(),
            &input.oneids,
        ),
    };
    demand(input.is_one_person() || !oneids.is_empty(), GROUP)?;
    Ok(Rows { oneids, ..input })
}

fn distinct_rows(distinct: &Distinct, outer: Option<Outer>) -> Result<Rows, Error> {
    match distinct {
        Distinct::All(input) => {
            let rows = rows_of(input, outer)?;
            demand(rows.is_one_person() || !rows.oneids.is_empty(), DISTINCT)?;
            Ok(rows)
        }
        Distinct::On(on) => {
            let rows = rows_of(&on.input, outer)?;
            let schema = on.input.schema();
            let keyed = on.on_expr.iter().any(|e| is_oneid(e, schema, &rows.oneids));
            demand(rows.is_one_person() || keyed, DISTINCT)?;
            let oneids = oneids_among(&on.select_expr, schema, &rows.oneids);
            Ok(Rows { oneids, ..rows })
        }
    }
}

fn window_rows(plan: &LogicalPlan, window: &Window, outer: Option<Outer>) -> Result<Rows, Error> {
    let rows = inner_rows(plan, &window.input, outer)?;
    let schema = window.input.schema();
    for expr in &window.window_expr {
        let Expr::WindowFunction(function) = unaliased(expr) else {
            return Err(not_local(UNKNOWN));
        };
        let WindowFunction { params, .. } = function.as_ref();
        let keyed = params
            .partition_by
            .iter()
            .any(|e| is_oneid(e, schema, &rows.oneids));
        demand(rows.is_one_person() || keyed, WINDOW)?;
    }
    Ok(rows)
}

fn join_rows(plan: &LogicalPlan, join: &Join, outer: Option<Outer>) -> Result<Rows, Error> {
    let left = rows_of(&join.left, outer)?;
    let right = rows_of(&join.right, outer)?;
    let offset = join.left.schema().fields().len();
    let shifted: Columns = right.oneids.iter().map(|n| n + offset).collect();
    let all = join
        .left
        .schema()
        .join(join.right.schema())
        .map_err(|_| not_local(UNKNOWN))?;
    let both: Columns = left.oneids.union(&shifted).copied().collect();
    let around = Outer {
        schema: &all,
        oneids: &both,
    };
    check_subqueries(plan, around)?;
    demand(keeps_people(join.join_type, &left, &right), OUTER)?;
    let keyed = is_keyed(join, &all, (&left, &right), &shifted);
    if left.people && right.people {
        demand(keyed || (left.pinned && right.pinned), JOIN)?;
    }
    let filter_pins = join
        .filter
        .as_ref()
        .is_some_and(|f| pins(f, &all, &both, outer));
    let inner = join.join_type == JoinType::Inner;
    let one_side = inner && keyed && (left.pinned || right.pinned || filter_pins);
    Ok(Rows {
        people: left.people || right.people,
        pinned: one_side || (left.is_one_person() && right.is_one_person()),
        oneids: match join.join_type {
            JoinType::Inner => both,
            JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => left.oneids,
            JoinType::Right => shifted,
            JoinType::RightSemi | JoinType::RightAnti => right.oneids,
            _ => BTreeSet::new(),
        },
    })
}

/// Whether no row comes out that belongs to nobody: each shard would add it once more.
fn keeps_people(join_type: JoinType, left: &Rows, right: &Rows) -> bool {
    let none = left.is_one_person() && right.is_one_person();
    match join_type {
        JoinType::Inner => true,
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => left.people || none,
        JoinType::Right | JoinType::RightSemi | JoinType::RightAnti => right.people || none,
        _ => none,
    }
}

fn is_keyed(
    join: &Join,
    all: &datafusion::common::DFSchema,
    (left, right): (&Rows, &Rows),
    shifted: &Columns,
) -> bool {
    let on = join.on.iter().any(|(l, r)| {
        is_oneid(l, join.left.schema(), &left.oneids)
            && is_oneid(r, join.right.schema(), &right.oneids)
    });
    on || join
        .filter
        .as_ref()
        .is_some_and(|f| joins(f, all, &left.oneids, shifted))
}

fn union_rows(union: &Union, outer: Option<Outer>) -> Result<Rows, Error> {
    let mut inputs = Vec::with_capacity(union.inputs.len());
    for input in &union.inputs {
        inputs.push(rows_of(input, outer)?);
    }
    let oneids = inputs.iter().map(|rows| rows.oneids.clone());
    Ok(Rows {
        people: inputs.iter().any(|rows| rows.people),
        pinned: inputs.iter().all(Rows::is_one_person),
        oneids: oneids
            .reduce(|a, b| a.intersection(&b).copied().collect())
            .unwrap_or_default(),
    })
}
