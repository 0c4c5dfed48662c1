//! The original of a row that goes to no table: all its columns, as a JSON object.
//!
//! Owns the form: every value as text, null as null, identifiers as they were sent. What a client
//! sends as NDJSON of the same keys is the same row again.

use std::collections::HashMap;

use arrow::{
    array::{Array, RecordBatch},
    compute::concat_batches,
    error::ArrowError,
    ipc::reader::StreamReader,
    util::display::{ArrayFormatter, FormatOptions},
};
use serde_json::{Map, Value};

use super::prepare::RawWrite;

/// The rows of a write as they came.
pub(super) struct Originals {
    rows: RecordBatch,
    /// Number in the source to place.
    places: HashMap<u64, usize>,
}

impl Originals {
    /// Reads the rows again.
    ///
    /// # Errors
    /// Those of Arrow, for rows that could not be prepared either.
    pub(super) fn of(raw: &RawWrite) -> Result<Self, ArrowError> {
        let reader = StreamReader::try_new(std::io::Cursor::new(&raw.rows_ipc), None)?;
        let schema = reader.schema();
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>()?;
        let rows = concat_batches(&schema, &batches)?;
        let number = |place: usize| match raw.source_rows.get(place) {
            Some(number) => *number,
            None => raw.first_row.saturating_add(place as u64),
        };
        let places = (0..rows.num_rows()).map(|place| (number(place), place));
        Ok(Self {
            places: places.collect(),
            rows,
        })
    }

    /// The row with this number in the source.
    pub(super) fn of_source_row(&self, number: u64) -> String {
        let place = self.places.get(&number);
        place.map_or_else(String::new, |place| of_row(&self.rows, *place))
    }
}

/// A row as a JSON object: every value as text, null as null.
pub fn of_row(rows: &RecordBatch, row: usize) -> String {
    let options = FormatOptions::default();
    let mut object = Map::new();
    for (field, column) in rows.schema_ref().fields().iter().zip(rows.columns()) {
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
