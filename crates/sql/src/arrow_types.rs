//! How declared types are spelt in Arrow: the one place where both meet.
//!
//! Owns the layout of stored rows: the hidden columns first, then the declared ones, timestamps
//! labelled UTC. Must not know files, plans or sessions.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use tagma_core::schema::{ColumnType, HIDDEN_COLUMNS, TableSchema, TagKind};

/// The OneID of the row, Int64.
pub(crate) const ONEID: &str = HIDDEN_COLUMNS[0];
/// Arrival, Int64 ([`tagma_core::id::RowSeq`]).
pub(crate) const SEQ: &str = HIDDEN_COLUMNS[1];
/// Index from which the row is visible here, Int64, null = its arrival.
pub(crate) const FROM: &str = HIDDEN_COLUMNS[2];
/// The OneID that the row came in under, Int64, null = its own.
pub(crate) const ORIGIN: &str = HIDDEN_COLUMNS[3];

/// The label of stored timestamps.
pub(crate) const UTC: &str = "UTC";

/// The Arrow type of a stored column.
pub fn column_data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, scale.cast_signed())
        }
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => timestamp_type(UTC),
    }
}

/// The type of a column whose values are stored so; `None` where no column's are.
pub fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Boolean => ColumnType::Bool,
        DataType::Int64 => ColumnType::Int,
        DataType::Float64 => ColumnType::Float,
        DataType::Decimal128(precision, scale) => ColumnType::Decimal {
            precision: *precision,
            scale: u8::try_from(*scale).ok()?,
        },
        DataType::Utf8 => ColumnType::Text,
        DataType::Date32 => ColumnType::Date,
        DataType::Timestamp(_, _) => ColumnType::Timestamp,
        _ => return None,
    })
}

/// The Arrow type of a tag's values in the table `people`, timestamps labelled `zone`.
pub(crate) fn tag_data_type(kind: TagKind, zone: &str) -> DataType {
    match kind {
        TagKind::Bool => DataType::Boolean,
        TagKind::Category => DataType::Utf8,
        TagKind::Int => DataType::Int64,
        TagKind::Decimal { precision, scale } => {
            DataType::Decimal128(precision, scale.cast_signed())
        }
        TagKind::Date => DataType::Date32,
        TagKind::Timestamp => timestamp_type(zone),
    }
}

/// Microseconds UTC, shown in `zone`: the label changes what calendar functions see, never the
/// instant.
pub(crate) fn timestamp_type(zone: &str) -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(zone.into()))
}

/// The schema of stored rows of a table, in memory and in runs: [`HIDDEN_COLUMNS`] in their
/// order, then the declared columns in theirs. `oneid` and `_seq` are never null.
pub fn stored_schema(table: &TableSchema) -> SchemaRef {
    let hidden = HIDDEN_COLUMNS.iter().map(|name| {
        let nullable = *name != ONEID && *name != SEQ;
        Field::new(*name, DataType::Int64, nullable)
    });
    let declared = table
        .columns
        .iter()
        .map(|c| Field::new(c.name.as_str(), column_data_type(c.column_type), true));
    Arc::new(Schema::new(hidden.chain(declared).collect::<Vec<_>>()))
}
