//! Questions about one person: the plan's own tree, computed from the person's values.

use tagma_core::{
    Value,
    segment::{Predicate, scalar},
};

use super::{Error, Evaluator, leaf::slots_of_set};

/// A leaf of a segment, or a saved segment in it, and one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafAnswer {
    /// The tags that it reads, by slot, and the person's values; NULL without one.
    pub values: Vec<(usize, Value)>,
    /// Whether the person is in it.
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
            inside &= self.holds(ordinal, predicate)?;
        }
        Ok(inside)
    }

    /// For each leaf (or saved segment), in the order given: the values that the person has of the
    /// tags in it, and whether the person is in it. They read the slots of the program. `None` if
    /// the person is not alive.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn why(
        &self,
        ordinal: u32,
        leaves: &[Predicate],
    ) -> Result<Option<Vec<LeafAnswer>>, Error> {
        if !self.is_alive(ordinal) {
            return Ok(None);
        }
        let answers = leaves.iter().map(|leaf| {
            let values = slots_of_set(leaf)
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
    fn holds(&self, ordinal: u32, set: &Predicate) -> Result<bool, Error> {
        let mut damage = None;
        let inside = scalar::contains_person(set, &mut |slot| {
            self.value(slot, ordinal).unwrap_or_else(|error| {
                damage.get_or_insert(error);
                Value::Null
            })
        });
        match damage {
            Some(error) => Err(error),
            None => Ok(inside?),
        }
    }
}
