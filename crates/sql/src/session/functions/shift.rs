//! A date or timestamp plus or minus an INTERVAL: days, months and years step the local
//! calendar, hours and below are exact.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, IntervalMonthDayNanoType, IntervalUnit, TimestampMicrosecondType,
};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use tagma_core::segment::Interval;
use tagma_core::time::{TimeError, Zone, shift as shift_instant, shift_date};

use crate::arrow_types::timestamp_type;

/// `at` moved by `interval`, back if `back`.
pub(in crate::session) fn shift(zone: Zone, back: bool, at: Expr, interval: Expr) -> Result<Expr> {
    let function = Shift {
        back,
        zone,
        signature: Signature::user_defined(Volatility::Immutable),
    };
    Ok(Expr::ScalarFunction(ScalarFunction::new_udf(
        Arc::new(ScalarUDF::new_from_impl(function)),
        vec![at, interval],
    )))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Shift {
    back: bool,
    zone: Zone,
    signature: Signature,
}

impl Shift {
    fn interval(&self, parts: (i32, i32, i64)) -> Result<Interval> {
        let overflow = || DataFusionError::Execution("an INTERVAL is out of range".into());
        let sign = if self.back { -1 } else { 1 };
        let (months, days, nanos) = parts;
        if nanos % 1_000 != 0 {
            return Err(DataFusionError::Execution(
                "an INTERVAL has no parts below a microsecond here".into(),
            ));
        }
        Ok(Interval {
            months: months.checked_mul(sign).ok_or_else(overflow)?,
            days: days.checked_mul(sign).ok_or_else(overflow)?,
            micros: nanos / 1_000 * i64::from(sign),
        })
    }

    fn date(&self, day: i32, by: Interval) -> Result<i32> {
        if by.micros != 0 {
            return Err(DataFusionError::Execution(
                "a date takes an INTERVAL of whole days: CAST it to TIMESTAMP".into(),
            ));
        }
        shift_date(day, by.months, by.days).map_err(out_of_range)
    }
}

fn out_of_range(error: TimeError) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

impl ScalarUDFImpl for Shift {
    fn name(&self) -> &str {
        if self.back { "before" } else { "after" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let at = match arg_types.first() {
            Some(DataType::Date32) => DataType::Date32,
            _ => timestamp_type(self.zone.name()),
        };
        Ok(vec![at, DataType::Interval(IntervalUnit::MonthDayNano)])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let at = arg_types.first().cloned();
        at.ok_or_else(|| DataFusionError::Internal("a shift takes two arguments".into()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [at, by] = args.args.as_slice() else {
            return Err(DataFusionError::Internal(
                "a shift takes two arguments".into(),
            ));
        };
        let at = at.to_array(args.number_rows)?;
        let by = by.to_array(args.number_rows)?;
        let by = cast(&by, &DataType::Interval(IntervalUnit::MonthDayNano))?;
        let by = by.as_primitive::<IntervalMonthDayNanoType>();
        let interval = |row: usize| -> Result<Option<Interval>> {
            if at.is_null(row) || by.is_null(row) {
                return Ok(None);
            }
            let parts = IntervalMonthDayNanoType::to_parts(by.value(row));
            self.interval(parts).map(Some)
        };
        let moved: ArrayRef = match at.data_type() {
            DataType::Date32 => {
                let days = at.as_primitive::<Date32Type>();
                let moved = (0..at.len()).map(|row| {
                    let by = interval(row)?;
                    by.map(|by| self.date(days.value(row), by)).transpose()
                });
                Arc::new(moved.collect::<Result<Date32Array>>()?)
            }
            _ => {
                let instants = at.as_primitive::<TimestampMicrosecondType>();
                let moved = (0..at.len()).map(|row| {
                    let by = interval(row)?;
                    let moved = by.map(|by| shift_instant(instants.value(row), by, self.zone));
                    moved.transpose().map_err(out_of_range)
                });
                let moved = moved.collect::<Result<TimestampMicrosecondArray>>()?;
                Arc::new(moved.with_timezone(self.zone.name()))
            }
        };
        Ok(ColumnarValue::Array(moved))
    }
}
