//! `@as_of`.

use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::var_provider::VarProvider;
use tagma_core::AsOf;
use tagma_core::time::Zone;

use crate::arrow_types::timestamp_type;

/// The one variable.
const AS_OF: &str = "@as_of";

/// Provides `@as_of` and nothing else.
#[derive(Debug)]
pub(super) struct Variables {
    pub(super) as_of: AsOf,
    pub(super) zone: Zone,
}

impl VarProvider for Variables {
    fn get_value(&self, names: Vec<String>) -> Result<ScalarValue> {
        if self.get_type(&names).is_none() {
            return Err(DataFusionError::Plan(format!(
                "unknown variable `{}`",
                names.join(".")
            )));
        }
        let zone = Some(self.zone.name().into());
        Ok(ScalarValue::TimestampMicrosecond(Some(self.as_of.0), zone))
    }

    fn get_type(&self, names: &[String]) -> Option<DataType> {
        let known = matches!(names, [name] if name.eq_ignore_ascii_case(AS_OF));
        known.then(|| timestamp_type(self.zone.name()))
    }
}
