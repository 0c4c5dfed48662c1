//! `now()`, `current_timestamp`, `today()`, `current_date`: the run's as_of.

use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use tagma_core::AsOf;
use tagma_core::time::{Zone, local_date};

/// A function without arguments and with one value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Clock {
    name: &'static str,
    aliases: Vec<String>,
    value: ScalarValue,
    signature: Signature,
}

impl Clock {
    fn new(name: &'static str, alias: &str, value: ScalarValue) -> Self {
        Self {
            name,
            aliases: vec![alias.to_string()],
            value,
            signature: Signature::nullary(Volatility::Immutable),
        }
    }

    /// The instant `as_of`.
    pub(super) fn now(as_of: AsOf, zone: Zone) -> Self {
        let instant = ScalarValue::TimestampMicrosecond(Some(as_of.0), Some(zone.name().into()));
        Self::new("now", "current_timestamp", instant)
    }

    /// The day of `as_of` in `zone`.
    pub(super) fn today(as_of: AsOf, zone: Zone) -> Result<Self> {
        let day = local_date(as_of.0, zone);
        let day = day.map_err(|e| DataFusionError::Plan(format!("as_of: {e}")))?;
        Ok(Self::new(
            "today",
            "current_date",
            ScalarValue::Date32(Some(day)),
        ))
    }
}

impl ScalarUDFImpl for Clock {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(self.value.data_type())
    }

    fn invoke_with_args(&self, _args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(self.value.clone()))
    }
}
