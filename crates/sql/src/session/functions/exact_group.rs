//! Sums and counts of many groups.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, UInt64Array};
use arrow::datatypes::{Decimal128Type, UInt64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::aggregate::Outcome;
use super::numbers::{DIGITS, decimals, unscaled};

/// One sum and one count a group.
pub(super) struct ExactGroups {
    outcome: Outcome,
    sums: Vec<i128>,
    counts: Vec<u64>,
}

impl ExactGroups {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            sums: Vec::new(),
            counts: Vec::new(),
        }
    }

    fn grow(&mut self, groups: usize) {
        self.sums.resize(groups, 0);
        self.counts.resize(groups, 0);
    }

    fn state_arrays(&self, sums: Vec<i128>, counts: Vec<u64>) -> Result<Vec<ArrayRef>> {
        let sums = decimals(Decimal128Array::from(sums), DIGITS, self.outcome.scale)?;
        Ok(vec![sums, Arc::new(UInt64Array::from(counts))])
    }
}

fn kept(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|f| f.is_valid(row) && f.value(row))
}

impl GroupsAccumulator for ExactGroups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.grow(total_num_groups);
        let values = unscaled(&values[0], &self.outcome.expression)?;
        for (row, group) in group_indices.iter().enumerate() {
            if values.is_valid(row) && kept(opt_filter, row) {
                self.sums[*group] = self.outcome.add(self.sums[*group], values.value(row))?;
                self.counts[*group] += 1;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = emit_to.take_needed(&mut self.sums);
        let counts = emit_to.take_needed(&mut self.counts);
        let results = sums
            .iter()
            .zip(&counts)
            .map(|(s, c)| self.outcome.of(*s, *c));
        let results = results.collect::<Result<Decimal128Array>>()?;
        decimals(results, DIGITS, self.outcome.result_scale())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = emit_to.take_needed(&mut self.sums);
        let counts = emit_to.take_needed(&mut self.counts);
        self.state_arrays(sums, counts)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.grow(total_num_groups);
        let sums = values[0].as_primitive::<Decimal128Type>();
        let counts = values[1].as_primitive::<UInt64Type>();
        for (row, group) in group_indices.iter().enumerate() {
            if sums.is_valid(row) && counts.is_valid(row) {
                self.sums[*group] = self.outcome.add(self.sums[*group], sums.value(row))?;
                self.counts[*group] += counts.value(row);
            }
        }
        Ok(())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = unscaled(&values[0], &self.outcome.expression)?;
        let counts_row = |row| values.is_valid(row) && kept(opt_filter, row);
        let rows = 0..values.len();
        let sums = rows
            .clone()
            .map(|r| if counts_row(r) { values.value(r) } else { 0 });
        let sums = sums.collect();
        let counts = rows.map(|r| u64::from(counts_row(r))).collect();
        self.state_arrays(sums, counts)
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.counts.capacity() * size_of::<u64>()
    }
}
