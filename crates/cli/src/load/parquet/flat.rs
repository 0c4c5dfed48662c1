//! Structs flattened: their fields become columns of their own.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch},
    compute::nullif,
    datatypes::{DataType, Field, Fields, Schema},
    error::ArrowError,
};

/// The schema without structs, in order: field `b` of `a` is `a_b`.
pub(crate) fn schema(nested: &Schema) -> Schema {
    let mut flat = Vec::new();
    push_fields(nested.fields(), None, &mut flat);
    Schema::new(flat)
}

fn push_fields(fields: &Fields, above: Option<&str>, flat: &mut Vec<Field>) {
    for field in fields {
        let name = match above {
            Some(above) => format!("{above}_{}", field.name()),
            None => field.name().clone(),
        };
        match field.data_type() {
            DataType::Struct(inner) => push_fields(inner, Some(&name), flat),
            other => flat.push(Field::new(name, other.clone(), true)),
        }
    }
}

/// The same for rows: a field of a struct that is null is null.
///
/// # Errors
/// Where the rows are not those of a schema.
pub(crate) fn rows(nested: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut columns = Vec::new();
    for column in nested.columns() {
        push_columns(column, None, &mut columns)?;
    }
    let schema = Arc::new(schema(&nested.schema()));
    let rows = arrow::array::RecordBatchOptions::new().with_row_count(Some(nested.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &rows)
}

fn push_columns(
    column: &ArrayRef,
    is_null: Option<&BooleanArray>,
    flat: &mut Vec<ArrayRef>,
) -> Result<(), ArrowError> {
    let column = match is_null {
        Some(is_null) => nullif(column, is_null)?,
        None => column.clone(),
    };
    let Some(fields) = column.as_struct_opt() else {
        flat.push(column);
        return Ok(());
    };
    let nulls = fields
        .nulls()
        .map(|nulls| BooleanArray::new(!nulls.inner(), None));
    for inner in fields.columns() {
        push_columns(inner, nulls.as_ref(), flat)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{Int32Array, StringArray, StructArray},
        buffer::NullBuffer,
    };

    use super::*;

    #[test]
    fn fields_of_structs_are_columns_and_null_with_them() {
        let city: ArrayRef = Arc::new(StringArray::from(vec![Some("上海"), Some("x"), None]));
        let code: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
        let inner = Fields::from(vec![Field::new("code", DataType::Int32, true)]);
        let area: ArrayRef = Arc::new(StructArray::new(inner.clone(), vec![code], None));
        let fields = Fields::from(vec![
            Field::new("city", DataType::Utf8, true),
            Field::new("area", DataType::Struct(inner), true),
        ]);
        let nulls = NullBuffer::from(vec![true, false, true]);
        let address = StructArray::new(fields, vec![city, area], Some(nulls));
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![7, 8, 9]));
        let nested = RecordBatch::try_from_iter_with_nullable([
            ("id", ids, true),
            ("address", Arc::new(address) as ArrayRef, true),
        ]);
        let flat = rows(&nested.expect("fits")).expect("flat");
        let schema = flat.schema();
        let names: Vec<_> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        assert_eq!(names, ["id", "address_city", "address_area_code"]);
        let city = flat.column(1).as_string::<i32>();
        assert_eq!(city.iter().collect::<Vec<_>>(), [Some("上海"), None, None]);
        let code = flat.column(2).as_primitive::<arrow::datatypes::Int32Type>();
        assert_eq!(code.iter().collect::<Vec<_>>(), [Some(1), None, Some(3)]);
    }
}
