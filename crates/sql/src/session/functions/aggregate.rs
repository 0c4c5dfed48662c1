//! `sum` and `avg`: exact, whatever the order of rows.
//!
//! The sum of integers and decimals has up to 38 digits; floats are rounded to nine digits after
//! the point first. `avg` is that sum over the count, truncated at scale + 4, at least 6.

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};
use std::sync::Arc;
use tagma_core::number::{self, Decimal};

use super::exact_group::ExactGroups;
use super::exact_one::{ExactDistinct, ExactOne};
use super::numbers::{DIGITS, coerced, digits_and_scale, number_error};

/// Digits after the point that `avg` adds, and those it has at least.
const AVG_SCALE: (u8, u8) = (4, 6);

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    Sum,
    Avg,
}

/// `sum` or `avg`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ExactAggregate {
    which: Which,
    signature: Signature,
}

impl ExactAggregate {
    fn new(which: Which) -> Self {
        Self {
            which,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    pub(super) fn sum() -> Self {
        Self::new(Which::Sum)
    }

    pub(super) fn avg() -> Self {
        Self::new(Which::Avg)
    }

    fn outcome(&self, args: &AccumulatorArgs) -> Result<Outcome> {
        let input = args.expr_fields.first().map(|f| f.data_type());
        let input = input.ok_or_else(|| DataFusionError::Internal("no argument".into()))?;
        let (_, scale) = digits_and_scale(input)?;
        Ok(Outcome {
            which: self.which,
            scale,
            expression: args.name.to_string(),
        })
    }
}

/// How the final value comes out of sum and count.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    which: Which,
    /// Scale of the sum.
    pub(super) scale: u8,
    /// As errors name it.
    pub(super) expression: String,
}

impl Outcome {
    /// Scale of the result.
    pub(super) fn result_scale(&self) -> u8 {
        match self.which {
            Which::Sum => self.scale,
            Which::Avg => avg_scale(self.scale),
        }
    }

    /// The result of `count` values that add up to `sum`: null where there were none.
    pub(super) fn of(&self, sum: i128, count: u64) -> Result<Option<i128>> {
        if count == 0 {
            return Ok(None);
        }
        let failed = |e| number_error(e, &self.expression);
        let sum = Decimal::new(sum, self.scale).map_err(failed)?;
        let result = match self.which {
            Which::Sum => Some(sum),
            Which::Avg => number::avg(sum, count).map_err(failed)?,
        };
        Ok(result.map(Decimal::unscaled))
    }

    /// `sum + value`.
    pub(super) fn add(&self, sum: i128, value: i128) -> Result<i128> {
        sum.checked_add(value)
            .ok_or_else(|| number_error(number::NumberError::Overflow, &self.expression))
    }
}

fn avg_scale(scale: u8) -> u8 {
    (scale + AVG_SCALE.0).max(AVG_SCALE.1).min(DIGITS)
}

impl AggregateUDFImpl for ExactAggregate {
    fn name(&self) -> &str {
        match self.which {
            Which::Sum => "sum",
            Which::Avg => "avg",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [input] = arg_types else {
            return Err(DataFusionError::Plan(format!(
                "{} takes one argument",
                self.name()
            )));
        };
        let number = coerced(input).ok_or_else(|| {
            DataFusionError::Plan(format!("{} takes numbers, not {input}", self.name()))
        })?;
        Ok(vec![number])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let input = arg_types.first().and_then(coerced);
        let input = input
            .ok_or_else(|| DataFusionError::Plan(format!("{} takes a number", self.name())))?;
        let (_, scale) = digits_and_scale(&input)?;
        let scale = match self.which {
            Which::Sum => scale,
            Which::Avg => avg_scale(scale),
        };
        Ok(DataType::Decimal128(DIGITS, scale.cast_signed()))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let outcome = self.outcome(&args)?;
        Ok(match args.is_distinct {
            true => Box::new(ExactDistinct::new(outcome)),
            false => Box::new(ExactOne::new(outcome)),
        })
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let input = args.input_fields.first().map(|f| f.data_type());
        let (_, scale) = digits_and_scale(input.unwrap_or(&DataType::Int64))?;
        let number = DataType::Decimal128(DIGITS, scale.cast_signed());
        if args.is_distinct {
            let item = Arc::new(Field::new_list_field(number, true));
            let name = format_state_name(args.name, "values");
            return Ok(vec![Arc::new(Field::new(name, DataType::List(item), true))]);
        }
        let sum = Field::new(format_state_name(args.name, "sum"), number, true);
        let count = Field::new(
            format_state_name(args.name, "count"),
            DataType::UInt64,
            true,
        );
        Ok(vec![Arc::new(sum), Arc::new(count)])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(ExactGroups::new(self.outcome(&args)?)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}
