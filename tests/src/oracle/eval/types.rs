//! Families: what type each part of an expression has, and which types meet.
//!
//! Numbers are one family; dates and timestamps are one, with timestamp as the common type; strings
//! are one. A string literal and NULL are read as what they meet.

use tagma_core::{
    schema::TagKind,
    segment::{Literal, Scalar},
};

use super::Evaluator;
use crate::oracle::OracleError;

/// Type of a part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    /// Integers and decimals.
    Number,
    Text,
    Date,
    Timestamp,
    /// A string literal that has met nothing yet.
    Spelled,
    /// A bare NULL.
    Null,
}

impl Type {
    /// The type at which two parts meet.
    pub(super) fn meet(self, other: Self) -> Result<Self, OracleError> {
        use Type::{Date, Null, Spelled, Timestamp};
        match (self, other) {
            (a, b) if a == b => Ok(a),
            (Null, other) | (other, Null) => Ok(other),
            (Spelled, other) | (other, Spelled) => Ok(other),
            (Date, Timestamp) | (Timestamp, Date) => Ok(Timestamp),
            (a, b) => Err(OracleError::Mismatch(format!("{a:?} meets {b:?}"))),
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn type_of(&self, scalar: &Scalar) -> Result<Type, OracleError> {
        Ok(match scalar {
            Scalar::Tag(name) => {
                let unknown = || OracleError::UnknownTag(name.clone());
                kind_type(self.world.tags.get(name).ok_or_else(unknown)?.kind)
            }
            Scalar::Literal(literal) => literal_type(literal),
            Scalar::Now => Type::Timestamp,
            Scalar::Today => Type::Date,
            Scalar::Arithmetic { .. } | Scalar::DaysBetween { .. } => Type::Number,
            Scalar::Lower(_) => Type::Text,
            Scalar::Shift { value, by } => match self.type_of(value)? {
                Type::Date if by.micros == 0 => Type::Date,
                Type::Date | Type::Timestamp => Type::Timestamp,
                other => return Err(OracleError::Mismatch(format!("{other:?} + INTERVAL"))),
            },
            Scalar::DateTrunc { value, .. } => match self.type_of(value)? {
                found @ (Type::Date | Type::Timestamp) => found,
                other => return Err(OracleError::Mismatch(format!("date_trunc of {other:?}"))),
            },
            Scalar::Case {
                branches,
                otherwise,
            } => {
                let values = branches.iter().map(|(_, value)| value);
                self.common(values.chain(otherwise.as_deref()))?
            }
            Scalar::Coalesce(parts) => self.common(parts.iter())?,
            Scalar::Compare { .. }
            | Scalar::In { .. }
            | Scalar::Between { .. }
            | Scalar::Like { .. }
            | Scalar::IsNull { .. }
            | Scalar::And(_)
            | Scalar::Or(_)
            | Scalar::Not(_)
            | Scalar::Prefix { .. }
            | Scalar::Contains { .. } => Type::Bool,
        })
    }

    /// The type at which all parts meet.
    pub(super) fn common<'s>(
        &self,
        mut parts: impl Iterator<Item = &'s Scalar>,
    ) -> Result<Type, OracleError> {
        parts.try_fold(Type::Null, |met, part| met.meet(self.type_of(part)?))
    }
}

fn kind_type(kind: TagKind) -> Type {
    match kind {
        TagKind::Bool => Type::Bool,
        TagKind::Category => Type::Text,
        TagKind::Int | TagKind::Decimal { .. } => Type::Number,
        TagKind::Date => Type::Date,
        TagKind::Timestamp => Type::Timestamp,
    }
}

pub(super) fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) | Literal::Decimal { .. } => Type::Number,
        Literal::Text(_) => Type::Spelled,
        Literal::Date(_) => Type::Date,
        Literal::Timestamp(_) | Literal::LocalTimestamp(_) => Type::Timestamp,
    }
}
