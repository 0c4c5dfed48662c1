//! The names and types by which the columns of a table are read.
//!
//! Owns `ts` and `event`, and the label of timestamps: in a session they are labelled with the
//! zone of the reader (the tag), so that DataFusion's calendar functions step its calendar. The
//! hidden columns are not exposed, `oneid` excepted.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use tagma_core::schema::{ColumnType, TableSchema};
use tagma_core::time::{Zone, local_midnight};

use crate::arrow_types::{ONEID, column_data_type, timestamp_type};

/// The name by which the declared time is also read.
pub(super) const TS: &str = "ts";
/// The name by which the declared event is also read.
pub(super) const EVENT: &str = "event";

/// How a stored column becomes an exposed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As it is.
    Same,
    /// The same instants under the session's zone.
    Labelled,
    /// The local midnight of the date, in the table's zone.
    Midnight,
}

#[derive(Debug, Clone)]
pub(super) struct ExposedColumn {
    pub(super) name: String,
    /// The stored column that it comes from.
    pub(super) source: String,
    pub(super) how: How,
}

/// The exposed columns of one table in one session.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    pub(super) columns: Vec<ExposedColumn>,
    pub(super) schema: SchemaRef,
    /// The declared time column.
    pub(super) time: Option<String>,
    table_zone: Zone,
    session_zone: Zone,
}

impl Exposure {
    pub(super) fn new(table: &TableSchema, table_zone: Zone, session_zone: Zone) -> Self {
        let (mut columns, mut fields) = (Vec::new(), Vec::new());
        // Rows of nobody have no OneID to show.
        if table.kind.is_of_people() {
            columns.push(ExposedColumn {
                name: ONEID.into(),
                source: ONEID.into(),
                how: How::Same,
            });
            fields.push(Field::new(ONEID, DataType::Int64, false));
        }
        let mut expose = |name: &str, source: &str, column_type: ColumnType, instant: bool| {
            let (how, data_type) = match column_type {
                ColumnType::Timestamp => (How::Labelled, timestamp_type(session_zone.name())),
                ColumnType::Date if instant => (How::Midnight, timestamp_type(session_zone.name())),
                other => (How::Same, column_data_type(other)),
            };
            fields.push(Field::new(name, data_type, true));
            columns.push(ExposedColumn {
                name: name.into(),
                source: source.into(),
                how,
            });
        };
        for column in &table.columns {
            let name = column.name.as_str();
            expose(name, name, column.column_type, false);
        }
        for (alias, source) in [(TS, &table.time), (EVENT, &table.event)] {
            let source = source.as_ref().filter(|_| table.column(alias).is_none());
            if let Some(column) = source.and_then(|s| table.column(s.as_str())) {
                expose(alias, column.name.as_str(), column.column_type, alias == TS);
            }
        }
        Self {
            columns,
            schema: Arc::new(Schema::new(fields)),
            time: table.time.as_ref().map(ToString::to_string),
            table_zone,
            session_zone,
        }
    }

    /// The exposed column `name`.
    pub(super) fn column(&self, name: &str) -> Option<&ExposedColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The columns `projection` of stored rows, as exposed.
    pub(super) fn apply(
        &self,
        stored: &RecordBatch,
        projection: &[usize],
        schema: &SchemaRef,
    ) -> Result<RecordBatch, ArrowError> {
        let mut columns = Vec::with_capacity(projection.len());
        for (number, field) in projection.iter().zip(schema.fields()) {
            let column = &self.columns[*number];
            let array = stored.column_by_name(&column.source).ok_or_else(|| {
                ArrowError::SchemaError(format!("column `{}` is missing", column.source))
            })?;
            let shown = self.expose(array, column.how)?;
            // Rows that a later, wider schema has stored: those that are visible here fit.
            columns.push(match shown.data_type() == field.data_type() {
                true => shown,
                false => cast(&shown, field.data_type())?,
            });
        }
        let rows = arrow::array::RecordBatchOptions::new().with_row_count(Some(stored.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(schema), columns, &rows)
    }

    fn expose(&self, array: &ArrayRef, how: How) -> Result<ArrayRef, ArrowError> {
        Ok(match how {
            How::Same => Arc::clone(array),
            How::Labelled => labelled(array, self.session_zone),
            How::Midnight => {
                let days = array.as_primitive::<Date32Type>();
                Arc::new(midnights(days, self.table_zone, self.session_zone)?)
            }
        })
    }
}

/// The same instants, labelled `zone`.
pub(super) fn labelled(array: &ArrayRef, zone: Zone) -> ArrayRef {
    match array.as_any().downcast_ref::<TimestampMicrosecondArray>() {
        Some(instants) => Arc::new(instants.clone().with_timezone(zone.name())),
        None => Arc::clone(array),
    }
}

/// The midnight that each day begins with in `zone`, labelled `label`.
pub(crate) fn midnights(
    days: &Date32Array,
    zone: Zone,
    label: Zone,
) -> Result<TimestampMicrosecondArray, ArrowError> {
    let instants: TimestampMicrosecondArray = days.try_unary(|day| {
        local_midnight(day, zone).map_err(|e| ArrowError::ComputeError(e.to_string()))
    })?;
    Ok(instants.with_timezone(label.name()))
}
