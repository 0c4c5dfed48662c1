//! What type names of SQL mean here.

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::planner::TypePlanner;
use sqlparser::ast::DataType as SqlType;
use std::sync::Arc;
use tagma_core::time::Zone;

use crate::arrow_types::timestamp_type;

/// TIMESTAMP is microseconds labelled with the session's zone (text without an offset is then
/// local), and integers are Int64; the rest is DataFusion's.
#[derive(Debug)]
pub(super) struct LocalTypes {
    pub(super) zone: Zone,
}

impl TypePlanner for LocalTypes {
    fn plan_type_field(&self, sql_type: &SqlType) -> Result<Option<FieldRef>> {
        let data_type = match sql_type {
            SqlType::Timestamp(..) | SqlType::Datetime(..) => timestamp_type(self.zone.name()),
            SqlType::Int(_) | SqlType::Integer(_) | SqlType::SmallInt(_) | SqlType::BigInt(_) => {
                DataType::Int64
            }
            _ => return Ok(None),
        };
        Ok(Some(Arc::new(Field::new("", data_type, true))))
    }
}
