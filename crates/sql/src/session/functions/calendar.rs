//! `days_between` and `date_trunc`, by the local calendar.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use tagma_core::segment::DateUnit;
use tagma_core::time::{TimeError, Zone, date_trunc_date, date_trunc_timestamp, local_date};

use crate::arrow_types::timestamp_type;

/// Dates stay dates, everything else becomes an instant in `zone`.
fn date_or_instant(data_type: &DataType, zone: Zone) -> DataType {
    match data_type {
        DataType::Date32 => DataType::Date32,
        _ => timestamp_type(zone.name()),
    }
}

fn out_of_range(error: TimeError) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}

fn arity(name: &str) -> DataFusionError {
    DataFusionError::Plan(format!("{name} takes two arguments"))
}

/// `days_between(a, b)`: local calendar days from a to b.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DaysBetween {
    zone: Zone,
    signature: Signature,
}

impl DaysBetween {
    pub(super) fn new(zone: Zone) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { zone, signature }
    }

    fn day(&self, array: &ArrayRef, row: usize) -> Result<Option<i32>> {
        if array.is_null(row) {
            return Ok(None);
        }
        match array.data_type() {
            DataType::Date32 => Ok(Some(array.as_primitive::<Date32Type>().value(row))),
            _ => {
                let instant = array.as_primitive::<TimestampMicrosecondType>().value(row);
                local_date(instant, self.zone)
                    .map(Some)
                    .map_err(out_of_range)
            }
        }
    }
}

impl ScalarUDFImpl for DaysBetween {
    fn name(&self) -> &str {
        "days_between"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [from, to] = arg_types else {
            return Err(arity(self.name()));
        };
        Ok([from, to].map(|t| date_or_instant(t, self.zone)).to_vec())
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [from, to] = args.args.as_slice() else {
            return Err(arity(self.name()));
        };
        let from = from.to_array(args.number_rows)?;
        let to = to.to_array(args.number_rows)?;
        let days = (0..args.number_rows).map(|row| {
            let days = self.day(&to, row)?.zip(self.day(&from, row)?);
            Ok(days.map(|(to, from)| i64::from(to) - i64::from(from)))
        });
        Ok(ColumnarValue::Array(Arc::new(
            days.collect::<Result<Int64Array>>()?,
        )))
    }
}

/// `date_trunc('unit', x)`: the start of the local year, quarter, month, week, day, hour, minute.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DateTrunc {
    zone: Zone,
    signature: Signature,
}

impl DateTrunc {
    pub(super) fn new(zone: Zone) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { zone, signature }
    }
}

fn unit(text: &str) -> Result<DateUnit> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "year" => DateUnit::Year,
        "quarter" => DateUnit::Quarter,
        "month" => DateUnit::Month,
        "week" => DateUnit::Week,
        "day" => DateUnit::Day,
        "hour" => DateUnit::Hour,
        "minute" => DateUnit::Minute,
        _ => {
            return Err(DataFusionError::Execution(format!(
                "date_trunc: `{text}` is not one of year, quarter, month, week, day, hour, minute"
            )));
        }
    })
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        "date_trunc"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [_, at] = arg_types else {
            return Err(arity(self.name()));
        };
        Ok(vec![DataType::Utf8, date_or_instant(at, self.zone)])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [_, at] = arg_types else {
            return Err(arity(self.name()));
        };
        Ok(date_or_instant(at, self.zone))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ColumnarValue::Scalar(text), at] = args.args.as_slice() else {
            return Err(DataFusionError::Execution(
                "date_trunc takes its unit as a text literal".into(),
            ));
        };
        let unit = unit(text.try_as_str().flatten().unwrap_or_default())?;
        let at = at.to_array(args.number_rows)?;
        let truncated: ArrayRef = match at.data_type() {
            DataType::Date32 => {
                let days = at.as_primitive::<Date32Type>();
                let days: Date32Array =
                    days.try_unary(|day| date_trunc_date(unit, day).map_err(out_of_range))?;
                Arc::new(days)
            }
            _ => {
                let instants = at.as_primitive::<TimestampMicrosecondType>();
                let instants: TimestampMicrosecondArray = instants.try_unary(|instant| {
                    date_trunc_timestamp(unit, instant, self.zone).map_err(out_of_range)
                })?;
                Arc::new(instants.with_timezone(self.zone.name()))
            }
        };
        Ok(ColumnarValue::Array(truncated))
    }
}
