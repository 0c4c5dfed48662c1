//! Questions about one person: the plan's own tree, computed from the person's values.

use tagma_core::{
    Value,
    segment::{Node, Predicate, scalar},
};

use super::{Error, Evaluator, leaf::slots_of};

/// A leaf and one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafAnswer {
    /// The tags that the leaf reads, by slot, and the person's values; NULL without one.
    pub values: Vec<(usize, Value)>,
    /// Whether the leaf is TRUE.
    pub holds: bool,
}

impl Evaluator<'_> {
    /// Whether the person is in the segment; nobody who is not alive is.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn contains(&self, ordinal: u32) -> Result<bool, Error> {
        if !self.is_alive(ordinal) {
            return Ok(false);
        }
        let mut inside = true;
        for predicate in &self.view.program.predicates {
            inside &= self.satisfies(ordinal, predicate)?;
        }
        Ok(inside)
    }

    /// For each leaf, in the order given: the person's values, and whether it is TRUE. The leaves
    /// read the slots of the program. `None` if the person is not alive.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn why(&self, ordinal: u32, leaves: &[&Node]) -> Result<Option<Vec<LeafAnswer>>, Error> {
        if !self.is_alive(ordinal) {
            return Ok(None);
        }
        let answers = leaves.iter().map(|leaf| {
            let values = slots_of(leaf)
                .into_iter()
                .map(|slot| Ok((slot, self.value(slot, ordinal)?)))
                .collect::<Result<_, Error>>()?;
            Ok(LeafAnswer {
                values,
                holds: self.holds(ordinal, leaf)?,
            })
        });
        answers.collect::<Result<_, Error>>().map(Some)
    }

    /// The person's value of the tag in a slot; NULL without one.
    ///
    /// # Errors
    /// [`Error::Section`].
    pub fn value(&self, slot: usize, ordinal: u32) -> Result<Value, Error> {
        match self.view.program.section(slot) {
            Some(section) => Ok(section.value(ordinal)?),
            None => Ok(Value::Null),
        }
    }

    fn is_alive(&self, ordinal: u32) -> bool {
        ordinal < self.view.population && self.view.alive.contains(ordinal)
    }

    /// Every leaf is computed, so that an error does not depend on the order of conditions.
    fn satisfies(&self, ordinal: u32, predicate: &Predicate) -> Result<bool, Error> {
        match predicate {
            Predicate::All => Ok(true),
            Predicate::Nothing => Ok(false),
            Predicate::Not(inner) => Ok(!self.satisfies(ordinal, inner)?),
            Predicate::Leaf(node) => self.holds(ordinal, node),
            Predicate::And(parts) => parts.iter().try_fold(true, |inside, part| {
                Ok(self.satisfies(ordinal, part)? && inside)
            }),
            Predicate::Or(parts) => parts.iter().try_fold(false, |inside, part| {
                Ok(self.satisfies(ordinal, part)? || inside)
            }),
        }
    }

    fn holds(&self, ordinal: u32, leaf: &Node) -> Result<bool, Error> {
        let mut damage = None;
        let result = scalar::eval(leaf, &mut |slot| {
            self.value(slot, ordinal).unwrap_or_else(|error| {
                damage.get_or_insert(error);
                Value::Null
            })
        });
        match damage {
            Some(error) => Err(error),
            None => Ok(result? == Value::Bool(true)),
        }
    }
}
