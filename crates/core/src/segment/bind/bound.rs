//! The way in: one expression, or several over one list of tags.

use super::{error::BindError, scope::Scope, set::Binder};
use crate::{
    id::AsOf,
    segment::{
        plan::{Plan, Predicate, TagSlot},
        tree::Expr,
        warning::Warning,
    },
};

/// Several sets over one list of tags: the steps of a waterfall, the leaves of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// One set for each expression, in order.
    pub predicates: Vec<Predicate>,
    /// Tags that the sets read; `NodeKind::Tag` indexes into it.
    pub tags: Vec<TagSlot>,
    /// What `now()` meant.
    pub as_of: AsOf,
    /// What is probably not meant.
    pub warnings: Vec<Warning>,
}

impl Bound {
    /// The plan of one of the sets; `None` for a number that is too great.
    pub fn plan(&self, index: usize) -> Option<Plan> {
        Some(Plan {
            root: self.predicates.get(index)?.clone(),
            tags: self.tags.clone(),
            as_of: self.as_of,
        })
    }
}

/// Binds one expression. `zone` is the IANA name of the zone of literals without offset, of
/// `today()` and of calendar steps; a nested segment has its own.
///
/// # Errors
/// [`BindError`].
pub fn bind(
    expr: &Expr,
    scope: &dyn Scope,
    as_of: AsOf,
    zone: &str,
) -> Result<(Plan, Vec<Warning>), BindError> {
    let mut bound = bind_many(&[expr], scope, as_of, zone)?;
    let plan = Plan {
        root: bound.predicates.pop().unwrap_or(Predicate::Nothing),
        tags: bound.tags,
        as_of,
    };
    Ok((plan, bound.warnings))
}

/// Binds several expressions against one list of tags. Limits hold for each of them.
///
/// # Errors
/// [`BindError`].
pub fn bind_many(
    exprs: &[&Expr],
    scope: &dyn Scope,
    as_of: AsOf,
    zone: &str,
) -> Result<Bound, BindError> {
    let mut binder = Binder::new(scope, as_of, zone)?;
    let mut predicates = Vec::with_capacity(exprs.len());
    for expr in exprs {
        predicates.push(binder.root(expr)?);
    }
    Ok(Bound {
        predicates,
        tags: binder.into_tags(),
        as_of,
        warnings: Vec::new(),
    })
}
