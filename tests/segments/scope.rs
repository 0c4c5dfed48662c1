//! What the binder asks, answered by the oracle's world at one index.

use chrono_tz::Tz;
use tagma_core::{
    AsOf, LogIndex, TagVersion,
    schema::Name,
    segment::{BindError, Bound, Expr, Plan, SavedSegment, Scope, TagSlot, bind, bind_many},
};
use tagma_tests::oracle::World;

/// A world at one index, with what `now()` and the calendar are there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'w> {
    pub(crate) world: &'w World,
    pub(crate) index: LogIndex,
    pub(crate) as_of: AsOf,
    pub(crate) zone: Tz,
}

/// The plan of an expression.
pub(crate) fn plan(moment: Moment<'_>, expr: &Expr) -> Result<Plan, BindError> {
    bind(expr, &moment, moment.as_of, moment.zone.name()).map(|(plan, _)| plan)
}

/// Several expressions bound together.
pub(crate) fn plans(moment: Moment<'_>, exprs: &[&Expr]) -> Result<Bound, BindError> {
    bind_many(exprs, &moment, moment.as_of, moment.zone.name())
}

impl Scope for Moment<'_> {
    fn tag(&self, name: &str) -> Option<TagSlot> {
        let (name, tag) = self.world.tags.get_key_value(name)?;
        let published = tag.versions.range(..=self.index).count() as u64;
        Some(TagSlot {
            name: name.clone(),
            kind: tag.kind,
            version: (published > 0).then_some(TagVersion(published)),
        })
    }

    fn tag_names(&self) -> Vec<String> {
        self.world
            .tags
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect()
    }

    fn segment(&self, name: &str) -> Option<SavedSegment> {
        let definition = self.world.segment(&Name::new(name).ok()?, self.index)?;
        let zone = definition.zone.unwrap_or(self.world.zone);
        Some(SavedSegment {
            expr: definition.expr.clone(),
            zone: Some(zone.name().to_owned()),
        })
    }

    fn segment_names(&self) -> Vec<String> {
        self.world
            .segments
            .keys()
            .map(|name| name.as_str().to_owned())
            .collect()
    }
}
