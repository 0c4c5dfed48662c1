//! `last_value(x ORDER BY …)`: of rows with equal keys the one that came last.
//!
//! DataFusion's own takes the first of them; scans deliver rows of equal time in the order of
//! their arrival, which is Tagma's tie-break everywhere.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{LexicographicalComparator, SortColumn, SortOptions};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::utils::compare_rows;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use datafusion::physical_expr::PhysicalSortExpr;

/// The aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct LastValue {
    signature: Signature,
}

impl LastValue {
    pub(super) fn new() -> Self {
        let signature = Signature::any(1, Volatility::Immutable);
        Self { signature }
    }
}

impl AggregateUDFImpl for LastValue {
    fn name(&self) -> &str {
        "last_value"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(arg_types.first().cloned().unwrap_or(DataType::Null))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Last {
            value: ScalarValue::try_from(args.return_field.data_type())?,
            keys: None,
            unset: unset(&args)?,
            options: args.order_bys.iter().map(|key| key.options).collect(),
            ignore_nulls: args.ignore_nulls,
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let value = args.return_field.as_ref().clone();
        let value = value
            .with_name(format_state_name(args.name, "value"))
            .with_nullable(true);
        let is_set = Field::new(
            format_state_name(args.name, "is_set"),
            DataType::Boolean,
            true,
        );
        let keys = args.ordering_fields.iter().cloned();
        Ok([Arc::new(value)]
            .into_iter()
            .chain(keys)
            .chain([Arc::new(is_set)])
            .collect())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Beneficial
    }

    fn with_beneficial_ordering(
        self: Arc<Self>,
        _beneficial_ordering: bool,
    ) -> Result<Option<Arc<dyn AggregateUDFImpl>>> {
        Ok(Some(self))
    }

    fn supports_null_handling_clause(&self) -> bool {
        true
    }
}

fn unset(args: &AccumulatorArgs) -> Result<Vec<ScalarValue>> {
    let null = |key: &PhysicalSortExpr| ScalarValue::try_from(key.expr.data_type(args.schema)?);
    args.order_bys.iter().map(null).collect()
}

/// The last row so far.
#[derive(Debug)]
struct Last {
    value: ScalarValue,
    /// Its keys; `None` before the first row.
    keys: Option<Vec<ScalarValue>>,
    /// Nulls of the keys' types.
    unset: Vec<ScalarValue>,
    options: Vec<SortOptions>,
    ignore_nulls: bool,
}

impl Last {
    /// Takes the last of the rows for which `counts` holds, if it is not before the one known.
    fn take(
        &mut self,
        value: &ArrayRef,
        keys: &[ArrayRef],
        counts: impl Fn(usize) -> bool,
    ) -> Result<()> {
        let columns = keys
            .iter()
            .zip(&self.options)
            .map(|(values, options)| SortColumn {
                values: Arc::clone(values),
                options: Some(*options),
            });
        let columns: Vec<SortColumn> = columns.collect();
        let order = match columns.is_empty() {
            true => None,
            false => Some(LexicographicalComparator::try_new(&columns)?),
        };
        let later = |a: usize, b: usize| match &order {
            Some(order) if order.compare(a, b).is_gt() => a,
            _ => b,
        };
        let Some(row) = (0..value.len()).filter(|row| counts(*row)).reduce(later) else {
            return Ok(());
        };
        let found = keys.iter().map(|key| ScalarValue::try_from_array(key, row));
        let found = found.collect::<Result<Vec<_>>>()?;
        let known_is_later = match &self.keys {
            Some(known) => compare_rows(known, &found, &self.options)?.is_gt(),
            None => false,
        };
        if !known_is_later {
            self.value = ScalarValue::try_from_array(value, row)?;
            self.keys = Some(found);
        }
        Ok(())
    }
}

impl Accumulator for Last {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [value, keys @ ..] = values else {
            return Ok(());
        };
        let ignore_nulls = self.ignore_nulls;
        self.take(value, keys, |row| !ignore_nulls || value.is_valid(row))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.value.clone())
    }

    fn size(&self) -> usize {
        let keys = self
            .keys
            .iter()
            .flatten()
            .map(ScalarValue::size)
            .sum::<usize>();
        size_of_val(self) + self.value.size() + keys
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut state = vec![self.value.clone()];
        let is_set = self.keys.is_some();
        state.extend(self.keys.as_ref().unwrap_or(&self.unset).iter().cloned());
        state.push(ScalarValue::from(is_set));
        Ok(state)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [value, keys @ .., is_set] = states else {
            return Ok(());
        };
        let is_set = is_set.as_boolean();
        self.take(value, keys, |row| is_set.is_valid(row) && is_set.value(row))
    }
}
