//! The world that expressions are asked about: people, published tag values, saved segments.
//!
//! Owns the state over the log index. Must not know how an expression is evaluated.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use tagma_core::{
    AsOf, LogIndex, OneId, Value,
    schema::{Name, TagKind},
    segment::{Expr, Scalar},
};

use super::{
    OracleError,
    eval::{Evaluator, Mode},
    explain::{self, LeafWhy, WaterfallStep},
};

/// Life of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// First index at which the person is alive.
    pub from: LogIndex,
    /// First index at which the person is no longer alive (merged away, erased).
    pub until: Option<LogIndex>,
}

impl Person {
    /// Whether the person is alive at `index`.
    pub fn alive_at(&self, index: LogIndex) -> bool {
        self.from <= index && self.until.is_none_or(|until| index < until)
    }
}

/// A tag: its kind, and the values of every version by the index of its publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What its values are.
    pub kind: TagKind,
    /// Publication index → values. Never holds `Value::Null`: no value is no entry.
    pub versions: BTreeMap<LogIndex, BTreeMap<OneId, Value>>,
}

/// What a saved segment is from some index on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentDefinition {
    /// The expression.
    pub expr: Expr,
    /// Zone of its calendar; `None` is the cluster's.
    pub zone: Option<Tz>,
}

/// Everything that expressions can read, at every index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The cluster's zone.
    pub zone: Tz,
    /// Everybody who ever lived.
    pub people: BTreeMap<OneId, Person>,
    /// Declared tags.
    pub tags: BTreeMap<Name, Tag>,
    /// Saved segments: from each index on the definition, `None` where it was deleted.
    pub segments: BTreeMap<Name, BTreeMap<LogIndex, Option<SegmentDefinition>>>,
}

impl World {
    /// A world without people, tags and segments.
    pub fn new(zone: Tz) -> Self {
        Self {
            zone,
            people: BTreeMap::new(),
            tags: BTreeMap::new(),
            segments: BTreeMap::new(),
        }
    }

    /// A person is created at `from`.
    pub fn add_person(&mut self, person: OneId, from: LogIndex) {
        self.people.insert(person, Person { from, until: None });
    }

    /// A person is no longer alive from `until` on; nothing happens if there is no such person.
    pub fn kill(&mut self, person: OneId, until: LogIndex) {
        if let Some(person) = self.people.get_mut(&person) {
            person.until = Some(until);
        }
    }

    /// Declares a tag, without versions. Declaring it again drops them.
    pub fn add_tag(&mut self, name: Name, kind: TagKind) {
        let versions = BTreeMap::new();
        self.tags.insert(name, Tag { kind, versions });
    }

    /// Publishes a version of a tag at `index`; NULLs are left out.
    ///
    /// # Errors
    /// [`OracleError::UnknownTag`].
    pub fn publish(
        &mut self,
        name: &Name,
        index: LogIndex,
        values: impl IntoIterator<Item = (OneId, Value)>,
    ) -> Result<(), OracleError> {
        let unknown = || OracleError::UnknownTag(name.clone());
        let tag = self.tags.get_mut(name).ok_or_else(unknown)?;
        let values = values.into_iter().filter(|(_, value)| !value.is_null());
        tag.versions.insert(index, values.collect());
        Ok(())
    }

    /// Saves (or with `None` deletes) a segment at `index`.
    pub fn save_segment(
        &mut self,
        name: Name,
        index: LogIndex,
        definition: Option<SegmentDefinition>,
    ) {
        let history = self.segments.entry(name).or_default();
        history.insert(index, definition);
    }

    /// People alive at `index`.
    pub fn population(&self, index: LogIndex) -> BTreeSet<OneId> {
        let alive = self.people.iter().filter(|(_, p)| p.alive_at(index));
        alive.map(|(id, _)| *id).collect()
    }

    /// The tag's newest version published at or before `index`: its publication index, its values.
    pub fn version(
        &self,
        tag: &Name,
        index: LogIndex,
    ) -> Option<(LogIndex, &BTreeMap<OneId, Value>)> {
        let (at, values) = self.tags.get(tag)?.versions.range(..=index).next_back()?;
        Some((*at, values))
    }

    /// A person's value of a tag at `index`: of its newest version then; `Null` for people who are
    /// not alive then, newer than the version, or without a value in it.
    pub fn value(&self, tag: &Name, person: OneId, index: LogIndex) -> Value {
        let alive = self.people.get(&person).filter(|p| p.alive_at(index));
        let (Some(life), Some((at, values))) = (alive, self.version(tag, index)) else {
            return Value::Null;
        };
        if life.from > at {
            return Value::Null;
        }
        values.get(&person).cloned().unwrap_or(Value::Null)
    }

    /// The definition of a saved segment at `index`.
    pub fn segment(&self, name: &Name, index: LogIndex) -> Option<&SegmentDefinition> {
        let history = self.segments.get(name)?;
        history.range(..=index).next_back()?.1.as_ref()
    }

    /// Who is in `expr` at `index`, where `now()` is `as_of` and `zone` is the calendar of `expr`.
    ///
    /// # Errors
    /// The expression is an error, or its value for somebody in the population is one. Branches of
    /// CASE and COALESCE that are not taken cannot fail; every operand of AND and OR can.
    pub fn evaluate(
        &self,
        expr: &Expr,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Result<BTreeSet<OneId>, OracleError> {
        Evaluator::new(self, index, as_of, zone, Mode::Lazy).members(expr)
    }

    /// Like [`Self::evaluate`], but fails also where a branch that is not taken would fail: an
    /// expression that passes has an answer in whatever order it is evaluated.
    ///
    /// # Errors
    /// As above.
    pub fn audit(
        &self,
        expr: &Expr,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Result<BTreeSet<OneId>, OracleError> {
        Evaluator::new(self, index, as_of, zone, Mode::Eager).members(expr)
    }

    /// The value of a scalar for one person in the population, NULL for anybody else.
    ///
    /// # Errors
    /// As [`Self::evaluate`], for this person alone.
    pub fn scalar(
        &self,
        scalar: &Scalar,
        person: OneId,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Result<Value, OracleError> {
        let one = Evaluator::for_person(self, person, index, as_of, zone);
        Ok(one.values(scalar)?.pop().unwrap_or(Value::Null))
    }

    /// The conjuncts of the top-level AND in written order, with the size after each. Any other
    /// expression is one step.
    ///
    /// # Errors
    /// As [`Self::evaluate`].
    pub fn waterfall(
        &self,
        expr: &Expr,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Result<Vec<WaterfallStep>, OracleError> {
        explain::waterfall(&Evaluator::new(self, index, as_of, zone, Mode::Lazy), expr)
    }

    /// Every leaf of `expr` in written order with what it says about `person`; nested segments are
    /// one leaf each.
    ///
    /// # Errors
    /// As [`Self::evaluate`], for this person alone; `NotInPopulation`.
    pub fn why(
        &self,
        expr: &Expr,
        person: OneId,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Result<Vec<LeafWhy>, OracleError> {
        let alive = self.people.get(&person).is_some_and(|p| p.alive_at(index));
        if !alive {
            return Err(OracleError::NotInPopulation(person));
        }
        let one = Evaluator::for_person(self, person, index, as_of, zone);
        explain::why(&one, expr, person)
    }

    /// The same world with other OneIDs, e.g. spread over another number of shards.
    ///
    /// # Panics
    /// Where `names` lacks somebody or gives two people one OneID.
    pub fn renamed(&self, names: &BTreeMap<OneId, OneId>) -> Self {
        let people: BTreeMap<_, _> = self.people.iter().map(|(id, p)| (names[id], *p)).collect();
        assert_eq!(people.len(), self.people.len(), "two people with one OneID");
        let rename = |values: &BTreeMap<OneId, Value>| {
            let entries = values.iter().map(|(id, v)| (names[id], v.clone()));
            entries.collect::<BTreeMap<_, _>>()
        };
        let tags = self.tags.iter().map(|(name, tag)| {
            let versions = tag.versions.iter().map(|(at, v)| (*at, rename(v)));
            let versions = versions.collect();
            let kind = tag.kind;
            (name.clone(), Tag { kind, versions })
        });
        Self {
            zone: self.zone,
            people,
            tags: tags.collect(),
            segments: self.segments.clone(),
        }
    }
}
