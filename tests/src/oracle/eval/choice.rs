//! CASE and COALESCE: each person's value comes from one branch, and only that one can fail.

use tagma_core::{OneId, Value, segment::Scalar};

use super::{Evaluator, Mode, scalar::Column, types::Type};
use crate::oracle::OracleError;

impl Evaluator<'_> {
    pub(super) fn case(
        &self,
        branches: &[(Scalar, Scalar)],
        otherwise: Option<&Scalar>,
        want: Type,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let mut result = vec![Value::Null; people.len()];
        let mut open: Vec<usize> = (0..people.len()).collect();
        for (condition, value) in branches {
            let asked = self.pick(people, &open);
            let truths = self.branch(condition, Type::Bool, people, &asked)?;
            let truths = open.iter().copied().zip(truths);
            let (taken, rest): (Vec<_>, Vec<_>) =
                truths.partition(|(_, truth)| *truth == Value::Bool(true));
            let taken: Vec<usize> = taken.into_iter().map(|(at, _)| at).collect();
            open = rest.into_iter().map(|(at, _)| at).collect();
            self.fill(&mut result, value, want, people, &taken)?;
        }
        if let Some(value) = otherwise {
            self.fill(&mut result, value, want, people, &open)?;
        }
        Ok(result)
    }

    pub(super) fn coalesce(
        &self,
        parts: &[Scalar],
        want: Type,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let mut result = vec![Value::Null; people.len()];
        for part in parts {
            let empty = (0..people.len()).filter(|at| result[*at].is_null());
            let empty: Vec<usize> = empty.collect();
            self.fill(&mut result, part, want, people, &empty)?;
        }
        Ok(result)
    }

    fn fill(
        &self,
        result: &mut Column,
        value: &Scalar,
        want: Type,
        people: &[OneId],
        places: &[usize],
    ) -> Result<(), OracleError> {
        let asked = self.pick(people, places);
        let values = self.branch(value, want, people, &asked)?;
        for (place, value) in places.iter().zip(values) {
            result[*place] = value;
        }
        Ok(())
    }

    fn pick(&self, people: &[OneId], places: &[usize]) -> Vec<OneId> {
        places.iter().map(|place| people[*place]).collect()
    }

    /// The values for those who are asked; in eager mode everybody's must exist.
    fn branch(
        &self,
        scalar: &Scalar,
        want: Type,
        everybody: &[OneId],
        asked: &[OneId],
    ) -> Result<Column, OracleError> {
        if self.mode == Mode::Eager {
            self.column(scalar, want, everybody)?;
        }
        self.column(scalar, want, asked)
    }
}
