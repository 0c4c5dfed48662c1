//! Digits after the point: what scale a number has by its form, whatever its value.
//!
//! Sums have the greater scale, products the sum of both, quotients nine; CASE and COALESCE have
//! the greatest of their parts. More than 38 is an error.

use tagma_core::{
    Value,
    schema::TagKind,
    segment::{Literal, Scalar},
};

use super::{Evaluator, number, scalar::Column};
use crate::oracle::OracleError;

impl Evaluator<'_> {
    /// The scale of a number; of anything else 0.
    pub(super) fn scale_of(&self, scalar: &Scalar) -> Result<u8, OracleError> {
        Ok(match scalar {
            Scalar::Tag(name) => match self.world.tags.get(name).map(|tag| tag.kind) {
                Some(TagKind::Decimal { scale, .. }) => scale,
                _ => 0,
            },
            Scalar::Literal(Literal::Decimal { scale, .. }) => *scale,
            Scalar::Arithmetic { op, left, right } => {
                let (left, right) = (self.scale_of(left)?, self.scale_of(right)?);
                number::result_scale(*op, left, right)?
            }
            Scalar::Case {
                branches,
                otherwise,
            } => {
                let values = branches.iter().map(|(_, value)| value);
                self.greatest_scale(values.chain(otherwise.as_deref()))?
            }
            Scalar::Coalesce(parts) => self.greatest_scale(parts.iter())?,
            _ => 0,
        })
    }

    fn greatest_scale<'s>(
        &self,
        mut parts: impl Iterator<Item = &'s Scalar>,
    ) -> Result<u8, OracleError> {
        parts.try_fold(0, |greatest, part| Ok(self.scale_of(part)?.max(greatest)))
    }

    /// Chosen numbers at the scale of the whole choice.
    pub(super) fn at_common_scale(
        &self,
        choice: &Scalar,
        column: Column,
    ) -> Result<Column, OracleError> {
        let scale = self.scale_of(choice)?;
        let rescale = |value: Value| number::at_scale(value, scale);
        column.into_iter().map(rescale).collect()
    }
}
