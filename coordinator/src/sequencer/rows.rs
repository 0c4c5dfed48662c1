//! Arrow types of table columns, and what is stored of a request's rows.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, TimeUnit},
};
use tagma_core::{
    ErrorKind,
    schema::{ColumnType, TableSchema},
};

use crate::error::{Error, Result};

/// The Arrow type of a stored column. Timestamps carry the zone `UTC`.
pub(super) fn arrow_type(column: ColumnType) -> DataType {
    match column {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, scale.cast_signed())
        }
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// The table's columns of `rows`, in the schema's order; absent ones are null.
///
/// # Errors
/// Invalid for a column of another type, or one that the table does not know.
pub(super) fn stored_columns(table: &TableSchema, rows: &RecordBatch) -> Result<RecordBatch> {
    refuse_unknown(table, rows)?;
    let mut fields = Vec::with_capacity(table.columns.len());
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let wanted = arrow_type(column.column_type);
        let array = match rows.column_by_name(column.name.as_str()) {
            Some(array) => array.clone(),
            None => new_null_array(&wanted, rows.num_rows()),
        };
        // A client may not know yet that the column has become wider.
        let found = tagma_sql::column_type(array.data_type());
        let is_narrower = found.is_some_and(|found| {
            found != column.column_type && found.fits_into(column.column_type)
        });
        let array = match is_narrower {
            true => cast(&array, &wanted).map_err(|e| Error::wrap(ErrorKind::Invalid, &e))?,
            false => array,
        };
        if array.data_type() != &wanted {
            let message = format!(
                "column `{}` of table `{}` is {wanted}, the rows bring {}",
                column.name,
                table.name,
                array.data_type()
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        fields.push(Field::new(column.name.as_str(), wanted, true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Error::wrap(ErrorKind::Invalid, &error))
}

fn refuse_unknown(table: &TableSchema, rows: &RecordBatch) -> Result<()> {
    let is_known = |name: &str| {
        table.column(name).is_some() || table.identifiers.iter().any(|(_, c)| c.as_str() == name)
    };
    match rows
        .schema()
        .fields()
        .iter()
        .find(|field| !is_known(field.name()))
    {
        None => Ok(()),
        Some(field) => {
            let message = format!(
                "table `{}` has no column `{}`: add it to the table's document and apply that, or \
                 leave it out",
                table.name,
                field.name()
            );
            Err(Error::new(ErrorKind::Invalid, message))
        }
    }
}
