//! Sum and count of one group: for windows, DISTINCT, and queries without groups.

use std::collections::BTreeSet;

use arrow::array::{ArrayRef, AsArray, Decimal128Array};
use arrow::datatypes::{DataType, Decimal128Type, UInt64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::Accumulator;

use super::aggregate::Outcome;
use super::numbers::{DIGITS, unscaled};

fn valid(values: &Decimal128Array) -> impl Iterator<Item = i128> + '_ {
    values.iter().flatten()
}

fn result(outcome: &Outcome, sum: i128, count: u64) -> Result<ScalarValue> {
    let value = outcome.of(sum, count)?;
    Ok(ScalarValue::Decimal128(
        value,
        DIGITS,
        outcome.result_scale().cast_signed(),
    ))
}

/// All values.
#[derive(Debug)]
pub(super) struct ExactOne {
    outcome: Outcome,
    sum: i128,
    count: u64,
}

impl ExactOne {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            sum: 0,
            count: 0,
        }
    }
}

impl Accumulator for ExactOne {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = unscaled(&values[0], &self.outcome.expression)?;
        for value in valid(&values) {
            self.sum = self.outcome.add(self.sum, value)?;
            self.count += 1;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        result(&self.outcome, self.sum, self.count)
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let scale = self.outcome.scale.cast_signed();
        Ok(vec![
            ScalarValue::Decimal128(Some(self.sum), DIGITS, scale),
            ScalarValue::UInt64(Some(self.count)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = states[0].as_primitive::<Decimal128Type>();
        let counts = states[1].as_primitive::<UInt64Type>();
        for (sum, count) in sums.iter().zip(counts.iter()) {
            self.sum = self.outcome.add(self.sum, sum.unwrap_or(0))?;
            self.count += count.unwrap_or(0);
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = unscaled(&values[0], &self.outcome.expression)?;
        for value in valid(&values) {
            self.sum = self.outcome.add(self.sum, -value)?;
            self.count -= 1;
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }
}

/// Different values.
#[derive(Debug)]
pub(super) struct ExactDistinct {
    outcome: Outcome,
    values: BTreeSet<i128>,
}

impl ExactDistinct {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            values: BTreeSet::new(),
        }
    }
}

impl Accumulator for ExactDistinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = unscaled(&values[0], &self.outcome.expression)?;
        self.values.extend(valid(&values));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut sum = 0;
        for value in &self.values {
            sum = self.outcome.add(sum, *value)?;
        }
        result(&self.outcome, sum, self.values.len() as u64)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.len() * size_of::<i128>() * 2
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let scale = self.outcome.scale.cast_signed();
        let scalar = |value: &i128| ScalarValue::Decimal128(Some(*value), DIGITS, scale);
        let values: Vec<ScalarValue> = self.values.iter().map(scalar).collect();
        let item = DataType::Decimal128(DIGITS, scale);
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(
            &values, &item,
        ))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = states[0].as_list_opt::<i32>();
        let lists = lists.ok_or_else(|| DataFusionError::Internal("a state is no list".into()))?;
        for list in lists.iter().flatten() {
            self.values
                .extend(valid(list.as_primitive::<Decimal128Type>()));
        }
        Ok(())
    }
}
