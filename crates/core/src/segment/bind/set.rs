//! Sets: connectives, nested segments, leaves.

use std::collections::BTreeMap;

use super::{
    error::BindError,
    scope::{SavedSegment, Scope},
    simplify,
};
use crate::{
    id::AsOf,
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX},
    schema::Name,
    segment::{
        nearest,
        plan::{Predicate, TagSlot},
        tree::{Expr, Scalar},
    },
    time::{Zone, local_date, zone},
};

/// The state of one binding.
pub(super) struct Binder<'a> {
    pub(super) scope: &'a dyn Scope,
    pub(super) as_of: AsOf,
    /// The zone of the segment that is being bound.
    pub(super) zone: Zone,
    outermost: Zone,
    slots: Vec<TagSlot>,
    places: BTreeMap<Name, usize>,
    nodes: usize,
    /// Segments that are being expanded, outermost first.
    open: Vec<Name>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(
        scope: &'a dyn Scope,
        as_of: AsOf,
        zone_name: &str,
    ) -> Result<Self, BindError> {
        let zone = zone(zone_name).map_err(BindError::Zone)?;
        local_date(as_of.0, zone).map_err(BindError::AsOf)?;
        Ok(Self {
            scope,
            as_of,
            zone,
            outermost: zone,
            slots: Vec::new(),
            places: BTreeMap::new(),
            nodes: 0,
            open: Vec::new(),
        })
    }

    pub(super) fn into_tags(self) -> Vec<TagSlot> {
        self.slots
    }

    pub(super) fn tags(&self) -> &[TagSlot] {
        &self.slots
    }

    /// Binds one of the expressions; limits are counted anew.
    pub(super) fn root(&mut self, expr: &Expr) -> Result<Predicate, BindError> {
        let measure = expr.check().map_err(BindError::Tree)?;
        self.nodes = measure.nodes;
        self.set(expr, 1)
    }

    /// `depth` is that of `expr` itself.
    fn set(&mut self, expr: &Expr, depth: usize) -> Result<Predicate, BindError> {
        match expr {
            Expr::All => Ok(Predicate::All),
            Expr::Nothing => Ok(Predicate::Nothing),
            Expr::And(items) => self.sets(items, depth + 1).map(simplify::and),
            Expr::Or(items) => self.sets(items, depth + 1).map(simplify::or),
            Expr::Not(inner) => self.set(inner, depth + 1).map(simplify::not),
            Expr::Segment(name) => self.nested(name, depth),
            Expr::Leaf(scalar) => self.condition(scalar).map(simplify::leaf),
        }
    }

    fn sets(&mut self, items: &[Expr], depth: usize) -> Result<Vec<Predicate>, BindError> {
        items.iter().map(|item| self.set(item, depth)).collect()
    }

    fn nested(&mut self, name: &Name, depth: usize) -> Result<Predicate, BindError> {
        if let Some(start) = self.open.iter().position(|open| open == name) {
            let mut names = self.open[start..].to_vec();
            names.push(name.clone());
            return Err(BindError::Cycle { names });
        }
        let Some(saved) = self.scope.segment(name.as_str()) else {
            let known = self.scope.segment_names();
            let near = nearest(name.as_str(), known.iter().map(String::as_str));
            return Err(BindError::UnknownSegment {
                name: name.clone(),
                nearest: near.map(str::to_owned),
            });
        };
        let measure = saved.expr.check().map_err(BindError::Tree)?;
        self.nodes += measure.nodes;
        if self.nodes > SEGMENT_NODES_MAX {
            return Err(BindError::Nodes { name: name.clone() });
        }
        if depth - 1 + measure.depth > SEGMENT_DEPTH_MAX {
            return Err(BindError::Depth { name: name.clone() });
        }
        self.expand(name, &saved, depth)
    }

    fn expand(
        &mut self,
        name: &Name,
        saved: &SavedSegment,
        depth: usize,
    ) -> Result<Predicate, BindError> {
        let own = match &saved.zone {
            Some(zone_name) => zone(zone_name).map_err(BindError::Zone)?,
            None => self.outermost,
        };
        local_date(self.as_of.0, own).map_err(BindError::AsOf)?;
        let outer = std::mem::replace(&mut self.zone, own);
        self.open.push(name.clone());
        let set = self.set(&saved.expr, depth);
        self.open.pop();
        self.zone = outer;
        set
    }

    /// The slot of a tag, found or made.
    pub(super) fn slot(&mut self, name: &Name) -> Result<(usize, &TagSlot), BindError> {
        let Some(tag) = self.scope.tag(name.as_str()) else {
            let known = self.scope.tag_names();
            let near = nearest(name.as_str(), known.iter().map(String::as_str));
            return Err(BindError::UnknownTag {
                name: name.clone(),
                nearest: near.map(str::to_owned),
            });
        };
        let place = *self
            .places
            .entry(tag.name.clone())
            .or_insert(self.slots.len());
        if place == self.slots.len() {
            self.slots.push(tag);
        }
        Ok((place, &self.slots[place]))
    }

    /// An error about a part of the expression.
    pub(super) fn misfit(part: &Scalar, problem: impl Into<String>, hint: &str) -> BindError {
        BindError::Type {
            fragment: part.to_string(),
            problem: problem.into(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        }
    }
}
