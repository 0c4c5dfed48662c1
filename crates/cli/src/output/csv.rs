//! Members as CSV (RFC 4180, UTF-8, with a heading).
//!
//! | value | in the file |
//! | --- | --- |
//! | null | an empty field |
//! | timestamp | RFC 3339 in UTC |
//! | date | `YYYY-MM-DD` |
//! | decimal | all digits of its scale |
//! | list of text | its values joined by `;` |

use std::io::Write;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{
        DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, SchemaRef, TimeUnit,
        TimestampMicrosecondType,
    },
};
use csv::{Terminator, Writer, WriterBuilder};
use tagma_core::{
    number::Decimal,
    time::{print_date, print_timestamp},
};

use crate::failure::Failure;

/// Writes batches of one schema as CSV.
pub(crate) struct CsvMembers<W: Write> {
    writer: Writer<W>,
    cells: Vec<String>,
}

impl<W: Write> CsvMembers<W> {
    /// Writes the heading.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn new(output: W, schema: &SchemaRef) -> Result<Self, Failure> {
        let mut builder = WriterBuilder::new();
        let mut writer = builder.terminator(Terminator::CRLF).from_writer(output);
        let names = schema.fields().iter().map(|field| field.name());
        writer.write_record(names).map_err(|e| failure(&e))?;
        let cells = vec![String::new(); schema.fields().len()];
        Ok(Self { writer, cells })
    }

    /// Appends the rows.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        for row in 0..batch.num_rows() {
            for (cell, column) in self.cells.iter_mut().zip(batch.columns()) {
                *cell = text_of(column.as_ref(), row)?;
            }
            self.writer
                .write_record(&self.cells)
                .map_err(|e| failure(&e))?;
        }
        Ok(())
    }

    /// Hands everything to the output.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn into_inner(self) -> Result<W, Failure> {
        self.writer
            .into_inner()
            .map_err(|error| Failure::output(error.error()))
    }
}

fn failure(error: &csv::Error) -> Failure {
    match error.kind() {
        csv::ErrorKind::Io(error) => Failure::output(error),
        _ => Failure::internal("CSV", error),
    }
}

fn text_of(column: &dyn Array, row: usize) -> Result<String, Failure> {
    if column.is_null(row) {
        return Ok(String::new());
    }
    Ok(match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::Date32 => print_date(column.as_primitive::<Date32Type>().value(row)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            print_timestamp(column.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        DataType::Decimal128(_, scale) => {
            let unscaled = column.as_primitive::<Decimal128Type>().value(row);
            let number = Decimal::new(unscaled, scale.unsigned_abs());
            number
                .map_err(|e| Failure::internal("a decimal of a member", e))?
                .to_string()
        }
        DataType::List(_) => joined(column.as_list::<i32>().value(row).as_ref())?,
        other => return Err(Failure::internal("a column of members has type", other)),
    })
}

fn joined(values: &dyn Array) -> Result<String, Failure> {
    let texts: Result<Vec<String>, Failure> = (0..values.len())
        .map(|position| text_of(values, position))
        .collect();
    Ok(texts?.join(";"))
}

/// CSV on a stream that is not ours to close.
impl super::MemberWriter for CsvMembers<&mut dyn Write> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        CsvMembers::write(self, batch)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        let output = (*self).into_inner()?;
        output.flush().map_err(|error| Failure::output(&error))
    }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
