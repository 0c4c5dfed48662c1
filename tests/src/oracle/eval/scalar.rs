//! Values of a scalar: dispatch over its forms.

use tagma_core::{OneId, Value, segment::Scalar};

use super::{Evaluator, types::Type};
use crate::oracle::OracleError;

/// A value for each person asked about, in their order.
pub(super) type Column = Vec<Value>;

impl Evaluator<'_> {
    /// The values of `scalar` for `people`, read as `want`, a type that `type_of(scalar)` meets.
    pub(super) fn column(
        &self,
        scalar: &Scalar,
        want: Type,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let constant = |value: Value| vec![value; people.len()];
        let column = match scalar {
            Scalar::Tag(name) => {
                let value = |person: &OneId| self.world.value(name, *person, self.index);
                people.iter().map(value).collect()
            }
            Scalar::Literal(literal) => constant(self.read(literal, want)?),
            Scalar::Now => constant(Value::Timestamp(self.as_of.0)),
            Scalar::Today => constant(Value::Date(self.local_day(self.as_of.0)?)),
            Scalar::Compare { op, left, right } => self.compare(*op, left, right, people)?,
            Scalar::In {
                value,
                list,
                negated,
            } => negate_if(*negated, self.is_in(value, list, people)?),
            Scalar::Between {
                value,
                low,
                high,
                negated,
            } => negate_if(*negated, self.between(value, low, high, people)?),
            Scalar::Like {
                value,
                pattern,
                negated,
            } => negate_if(*negated, self.like(value, pattern, people)?),
            Scalar::IsNull { value, negated } => {
                let found = self.type_of(value)?;
                let nulls = self.column(value, found, people)?.into_iter();
                nulls
                    .map(|v| Value::Bool(v.is_null() != *negated))
                    .collect()
            }
            Scalar::And(parts) => self.all_of(parts, people)?,
            Scalar::Or(parts) => negate(self.all_of_negated(parts, people)?),
            Scalar::Not(part) => negate(self.column(part, Type::Bool, people)?),
            Scalar::Arithmetic { op, left, right } => self.arithmetic(*op, left, right, people)?,
            Scalar::Shift { value, by } => self.shift(value, *by, people)?,
            Scalar::DateTrunc { unit, value } => self.date_trunc(*unit, value, people)?,
            Scalar::DaysBetween { from, to } => self.days_between(from, to, people)?,
            Scalar::Lower(value) => self.lower(value, people)?,
            Scalar::Prefix { value, start } => {
                self.text_test(value, people, |text| text.starts_with(start.as_str()))?
            }
            Scalar::Contains { value, part } => {
                self.text_test(value, people, |text| text.contains(part.as_str()))?
            }
            Scalar::Case {
                branches,
                otherwise,
            } => {
                let chosen = self.case(branches, otherwise.as_deref(), want, people)?;
                self.at_common_scale(scalar, chosen)?
            }
            Scalar::Coalesce(parts) => {
                let chosen = self.coalesce(parts, want, people)?;
                self.at_common_scale(scalar, chosen)?
            }
        };
        self.as_wanted(column, want)
    }

    /// Dates that meet timestamps are local midnights.
    pub(super) fn as_wanted(&self, column: Column, want: Type) -> Result<Column, OracleError> {
        let convert = |value| match value {
            Value::Date(day) if want == Type::Timestamp => {
                Ok(Value::Timestamp(self.midnight(day)?))
            }
            other => Ok(other),
        };
        column.into_iter().map(convert).collect()
    }

    /// Three-valued AND: FALSE beats NULL beats TRUE.
    fn all_of(&self, parts: &[Scalar], people: &[OneId]) -> Result<Column, OracleError> {
        let mut result = vec![Value::Bool(true); people.len()];
        for part in parts {
            let column = self.column(part, Type::Bool, people)?;
            result = and_columns(result, column);
        }
        Ok(result)
    }

    /// AND of the negations: OR by De Morgan, which holds in three values.
    fn all_of_negated(&self, parts: &[Scalar], people: &[OneId]) -> Result<Column, OracleError> {
        let mut result = vec![Value::Bool(true); people.len()];
        for part in parts {
            let column = self.column(part, Type::Bool, people)?;
            result = and_columns(result, negate(column));
        }
        Ok(result)
    }
}

pub(super) fn and_columns(left: Column, right: Column) -> Column {
    let and = |(a, b): (Value, Value)| match (&a, &b) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), Value::Bool(true)) => Value::Bool(true),
        _ => Value::Null,
    };
    left.into_iter().zip(right).map(and).collect()
}

/// Three-valued NOT: NULL stays NULL.
pub(super) fn negate(column: Column) -> Column {
    let not = |value| match value {
        Value::Bool(truth) => Value::Bool(!truth),
        other => other,
    };
    column.into_iter().map(not).collect()
}

fn negate_if(negated: bool, column: Column) -> Column {
    if negated { negate(column) } else { column }
}
