//! A row of a Parquet file as text, for the dead letters.

use arrow::{
    array::{Array, RecordBatch},
    util::display::{ArrayFormatter, FormatOptions},
};
use serde_json::{Map, Value};

/// The row as a JSON object: every value as text, null as null.
pub(crate) fn of_row(batch: &RecordBatch, row: usize) -> String {
    let mut object = Map::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let options = FormatOptions::new();
        let shown = match ArrayFormatter::try_new(column, &options) {
            Ok(formatter) if column.is_valid(row) => match formatter.value(row).try_to_string() {
                Ok(text) => Value::from(text),
                Err(error) => Value::from(format!("({error})")),
            },
            Ok(_) => Value::Null,
            Err(error) => Value::from(format!("({error})")),
        };
        object.insert(field.name().clone(), shown);
    }
    Value::Object(object).to_string()
}
