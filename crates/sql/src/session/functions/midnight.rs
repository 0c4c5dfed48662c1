//! A date as the instant of its local midnight.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Date32Type};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use tagma_core::time::{Zone, zone};

use crate::arrow_types::timestamp_type;
use crate::tables::midnights;

/// The midnight with which the day `date` begins in `zone`.
pub(in crate::session) fn midnight(zone: Zone, date: Expr) -> Expr {
    let function = Midnight {
        zone: zone.name(),
        signature: Signature::exact(vec![DataType::Date32], Volatility::Immutable),
    };
    Expr::ScalarFunction(ScalarFunction::new_udf(
        Arc::new(ScalarUDF::new_from_impl(function)),
        vec![date],
    ))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Midnight {
    zone: &'static str,
    signature: Signature,
}

impl ScalarUDFImpl for Midnight {
    fn name(&self) -> &str {
        "midnight"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(timestamp_type(self.zone))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let zone = zone(self.zone).map_err(|e| DataFusionError::Plan(e.to_string()))?;
        let [date] = args.args.as_slice() else {
            return Err(DataFusionError::Internal("midnight takes a date".into()));
        };
        let dates = date.to_array(args.number_rows)?;
        let instants = midnights(dates.as_primitive::<Date32Type>(), zone, zone)?;
        Ok(ColumnarValue::Array(Arc::new(instants)))
    }
}
