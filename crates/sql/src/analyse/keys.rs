//! Which columns of a plan's rows hold the OneID of the row's person.

use std::collections::BTreeSet;

use datafusion::common::DFSchema;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

/// Numbers of columns.
pub(super) type Columns = BTreeSet<usize>;

/// What is known about the rows of a plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// Whether they come from tables of people's rows.
    pub(super) people: bool,
    /// Within a subquery: whether all belong to the one person of the outer row.
    pub(super) pinned: bool,
    /// Columns that are the OneID of the row's person.
    pub(super) oneids: Columns,
}

impl Rows {
    /// Whether what is computed over all these rows is about one person, or about none.
    pub(super) fn is_one_person(&self) -> bool {
        self.pinned || !self.people
    }
}

/// The rows around a subquery.
#[derive(Clone, Copy)]
pub(super) struct Outer<'a> {
    pub(super) schema: &'a DFSchema,
    pub(super) oneids: &'a Columns,
}

impl Outer<'_> {
    fn is_oneid(&self, expr: &Expr) -> bool {
        match unaliased(expr) {
            Expr::OuterReferenceColumn(_, column) => {
                let number = self.schema.maybe_index_of_column(column);
                number.is_some_and(|n| self.oneids.contains(&n))
            }
            _ => false,
        }
    }
}

/// `expr` without aliases.
pub(super) fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}

/// Whether `expr` is one of the columns `oneids` of `schema`.
pub(super) fn is_oneid(expr: &Expr, schema: &DFSchema, oneids: &Columns) -> bool {
    match unaliased(expr) {
        Expr::Column(column) => {
            let number = schema.maybe_index_of_column(column);
            number.is_some_and(|n| oneids.contains(&n))
        }
        _ => false,
    }
}

/// The numbers of those `exprs` that are one of the columns `oneids` of `schema`.
pub(super) fn oneids_among(exprs: &[Expr], schema: &DFSchema, oneids: &Columns) -> Columns {
    let numbered = exprs.iter().enumerate();
    numbered
        .filter(|(_, e)| is_oneid(e, schema, oneids))
        .map(|(n, _)| n)
        .collect()
}

/// Whether `condition` demands that a OneID of these rows equals that of the outer row.
pub(super) fn pins(
    condition: &Expr,
    schema: &DFSchema,
    oneids: &Columns,
    outer: Option<Outer>,
) -> bool {
    let Some(outer) = outer else {
        return false;
    };
    let here = |e: &Expr| is_oneid(e, schema, oneids);
    equalities(condition)
        .any(|(l, r)| (here(l) && outer.is_oneid(r)) || (outer.is_oneid(l) && here(r)))
}

/// Whether `condition` demands that one of the columns `left` equals one of `right`.
pub(super) fn joins(condition: &Expr, schema: &DFSchema, left: &Columns, right: &Columns) -> bool {
    let of = |e: &Expr, side: &Columns| is_oneid(e, schema, side);
    equalities(condition)
        .any(|(a, b)| (of(a, left) && of(b, right)) || (of(a, right) && of(b, left)))
}

/// The equalities that all must hold.
fn equalities(condition: &Expr) -> impl Iterator<Item = (&Expr, &Expr)> {
    split_conjunction(condition)
        .into_iter()
        .filter_map(|part| match part {
            Expr::BinaryExpr(BinaryExpr {
                left,
                op: Operator::Eq,
                right,
            }) => Some((left.as_ref(), right.as_ref())),
            _ => None,
        })
}
