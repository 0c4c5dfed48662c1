//! Comparisons, IN, BETWEEN and tests of texts.

use std::cmp::Ordering;

use tagma_core::{
    OneId, Value,
    segment::{CompareOp, Literal, Scalar},
};

use super::{
    Evaluator, number,
    scalar::{Column, and_columns},
    text,
    types::{Type, literal_type},
};
use crate::oracle::OracleError;

impl Evaluator<'_> {
    pub(super) fn compare(
        &self,
        op: CompareOp,
        left: &Scalar,
        right: &Scalar,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let null = Scalar::Literal(Literal::Null);
        if *left == null || *right == null {
            let message = "a comparison with NULL: IS NULL is meant".to_owned();
            return Err(OracleError::Mismatch(message));
        }
        let met = self.type_of(left)?.meet(self.type_of(right)?)?;
        let equality = matches!(op, CompareOp::Eq | CompareOp::NotEq);
        if !equality && (self.is_category(left) || self.is_category(right)) {
            return Err(OracleError::Mismatch("order of a category".to_owned()));
        }
        let left = self.column(left, met, people)?;
        let right = self.column(right, met, people)?;
        Ok(compare_columns(op, &left, &right))
    }

    fn is_category(&self, scalar: &Scalar) -> bool {
        let Scalar::Tag(name) = scalar else {
            return false;
        };
        let tag = self.world.tags.get(name);
        tag.is_some_and(|tag| tag.kind == tagma_core::schema::TagKind::Category)
    }

    /// SQL's IN: TRUE where something equals, else NULL where something is NULL, else FALSE.
    pub(super) fn is_in(
        &self,
        value: &Scalar,
        list: &[Literal],
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let found = self.type_of(value)?;
        let mut result = vec![Value::Bool(false); people.len()];
        for literal in list {
            let met = found.meet(literal_type(literal))?;
            let wanted = self.as_wanted(vec![self.read(literal, met)?], met)?;
            let column = self.column(value, met, people)?;
            for (so_far, value) in result.iter_mut().zip(&column) {
                let truth = compare_values(CompareOp::Eq, value, &wanted[0]);
                match (&*so_far, &truth) {
                    (Value::Bool(true), _) => {}
                    (_, Value::Bool(true)) | (_, Value::Null) => *so_far = truth,
                    _ => {}
                }
            }
        }
        Ok(result)
    }

    /// `value >= low AND value <= high`.
    pub(super) fn between(
        &self,
        value: &Scalar,
        low: &Scalar,
        high: &Scalar,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let met = self.common([value, low, high].into_iter())?;
        if [value, low, high].iter().any(|part| self.is_category(part)) {
            return Err(OracleError::Mismatch("order of a category".to_owned()));
        }
        let value = self.column(value, met, people)?;
        let low = self.column(low, met, people)?;
        let high = self.column(high, met, people)?;
        let above = compare_columns(CompareOp::GtEq, &value, &low);
        let below = compare_columns(CompareOp::LtEq, &value, &high);
        Ok(and_columns(above, below))
    }

    pub(super) fn like(
        &self,
        value: &Scalar,
        pattern: &str,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let pattern = text::pattern(pattern);
        self.text_test(value, people, |text| text::like(text, &pattern))
    }

    /// A test of a text; NULL where the text is NULL.
    pub(super) fn text_test(
        &self,
        value: &Scalar,
        people: &[OneId],
        test: impl Fn(&str) -> bool,
    ) -> Result<Column, OracleError> {
        let texts = self.texts(value, people)?.into_iter();
        let truth = |value| match value {
            Value::Text(text) => Value::Bool(test(&text)),
            _ => Value::Null,
        };
        Ok(texts.map(truth).collect())
    }

    pub(super) fn lower(&self, value: &Scalar, people: &[OneId]) -> Result<Column, OracleError> {
        let texts = self.texts(value, people)?.into_iter();
        let lower = |value| match value {
            Value::Text(text) => Value::Text(text.to_lowercase()),
            other => other,
        };
        Ok(texts.map(lower).collect())
    }

    fn texts(&self, value: &Scalar, people: &[OneId]) -> Result<Column, OracleError> {
        self.type_of(value)?.meet(Type::Text)?;
        self.column(value, Type::Text, people)
    }
}

fn compare_columns(op: CompareOp, left: &[Value], right: &[Value]) -> Column {
    let pairs = left.iter().zip(right);
    pairs.map(|(a, b)| compare_values(op, a, b)).collect()
}

fn compare_values(op: CompareOp, left: &Value, right: &Value) -> Value {
    if left.is_null() || right.is_null() {
        return Value::Null;
    }
    let order = match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (a, b) => number::compare(a, b),
    };
    Value::Bool(match op {
        CompareOp::Eq => order == Ordering::Equal,
        CompareOp::NotEq => order != Ordering::Equal,
        CompareOp::Lt => order == Ordering::Less,
        CompareOp::LtEq => order != Ordering::Greater,
        CompareOp::Gt => order == Ordering::Greater,
        CompareOp::GtEq => order != Ordering::Less,
    })
}
