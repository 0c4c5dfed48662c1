//! Evaluation of expression trees, a column of values over people at a time.
//!
//! Owns the meaning of `Expr`: sets over the population. `scalar` and what stands below it own the
//! values of one person. Must not use a parser or binder.

mod calendar;
mod choice;
mod number;
mod predicate;
mod read;
mod scalar;
mod scale;
mod temporal;
mod text;
mod tree;
mod types;
mod wide;

use std::collections::BTreeSet;

use chrono_tz::Tz;
use tagma_core::{
    AsOf, LogIndex, OneId, Value,
    schema::Name,
    segment::{Expr, Scalar},
};

pub use self::tree::scalar_parts;
use self::types::Type;
use super::{OracleError, World};

/// What may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A branch that is not taken cannot.
    Lazy,
    /// Everything can.
    Eager,
}

/// One question's surroundings.
#[derive(Debug, Clone)]
pub(super) struct Evaluator<'w> {
    world: &'w World,
    index: LogIndex,
    as_of: AsOf,
    zone: Tz,
    mode: Mode,
    /// Who is asked about, a part of the population, ascending.
    people: Vec<OneId>,
    /// Nested segments that are being read.
    reading: Vec<Name>,
}

impl<'w> Evaluator<'w> {
    pub(super) fn new(
        world: &'w World,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
        mode: Mode,
    ) -> Self {
        let people = world.population(index).into_iter().collect();
        Self {
            mode,
            people,
            ..Self::about_nobody(world, index, as_of, zone)
        }
    }

    /// The same question about one person, or nobody where the person is not alive.
    pub(super) fn for_person(
        world: &'w World,
        person: OneId,
        index: LogIndex,
        as_of: AsOf,
        zone: Tz,
    ) -> Self {
        let life = world.people.get(&person);
        let people = life.filter(|life| life.alive_at(index)).map(|_| person);
        Self {
            people: people.into_iter().collect(),
            ..Self::about_nobody(world, index, as_of, zone)
        }
    }

    fn about_nobody(world: &'w World, index: LogIndex, as_of: AsOf, zone: Tz) -> Self {
        Self {
            world,
            index,
            as_of,
            zone,
            mode: Mode::Lazy,
            people: Vec::new(),
            reading: Vec::new(),
        }
    }

    /// Who of the people asked about is in `expr`.
    pub(super) fn members(&self, expr: &Expr) -> Result<BTreeSet<OneId>, OracleError> {
        let everybody = || self.people.iter().copied().collect::<BTreeSet<_>>();
        match expr {
            Expr::All => Ok(everybody()),
            Expr::Nothing => Ok(BTreeSet::new()),
            Expr::And(parts) => {
                let sets = self.member_sets(parts)?;
                let in_all = |p: &OneId| sets.iter().all(|set| set.contains(p));
                Ok(everybody().into_iter().filter(in_all).collect())
            }
            Expr::Or(parts) => Ok(self.member_sets(parts)?.into_iter().flatten().collect()),
            Expr::Not(part) => Ok(&everybody() - &self.members(part)?),
            Expr::Segment(name) => self.nested(name),
            Expr::Leaf(scalar) => {
                let truths = self.leaf(scalar)?;
                let pairs = self.people.iter().zip(truths);
                let inside = pairs.filter(|(_, truth)| *truth == Value::Bool(true));
                Ok(inside.map(|(person, _)| *person).collect())
            }
        }
    }

    fn member_sets(&self, parts: &[Expr]) -> Result<Vec<BTreeSet<OneId>>, OracleError> {
        parts.iter().map(|part| self.members(part)).collect()
    }

    /// A saved segment by its definition at the index, in its own calendar.
    fn nested(&self, name: &Name) -> Result<BTreeSet<OneId>, OracleError> {
        if self.reading.contains(name) {
            return Err(OracleError::Cycle(name.clone()));
        }
        let unknown = || OracleError::UnknownSegment(name.clone());
        let definition = self.world.segment(name, self.index).ok_or_else(unknown)?;
        let mut inner = self.clone();
        inner.zone = definition.zone.unwrap_or(self.world.zone);
        inner.reading.push(name.clone());
        inner.members(&definition.expr)
    }

    /// The three-valued truth of a leaf for everybody.
    fn leaf(&self, scalar: &Scalar) -> Result<Vec<Value>, OracleError> {
        let found = self.type_of(scalar)?;
        if found != Type::Bool && found != Type::Null {
            let message = format!("a leaf is a boolean, not {found:?}");
            return Err(OracleError::Mismatch(message));
        }
        self.column(scalar, Type::Bool, &self.people)
    }

    /// The truth of a leaf for the one person asked about; `None` is NULL.
    pub(super) fn truth(&self, scalar: &Scalar) -> Result<Option<bool>, OracleError> {
        let truths = self.leaf(scalar)?;
        Ok(match truths.first() {
            Some(Value::Bool(truth)) => Some(*truth),
            _ => None,
        })
    }

    /// The values of a scalar for the people asked about.
    pub(super) fn values(&self, scalar: &Scalar) -> Result<Vec<Value>, OracleError> {
        self.column(scalar, self.type_of(scalar)?, &self.people)
    }

    /// A tag with a person's value.
    pub(super) fn value(&self, tag: &Name, person: OneId) -> (Name, Value) {
        let value = self.world.value(tag, person, self.index);
        (tag.clone(), value)
    }
}
