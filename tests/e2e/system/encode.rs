//! Rows as Arrow: what the API and Parquet files take.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use tagma_core::Value;
use tagma_core::schema::TagKind;
use tagma_tests::generate::history::{Row, Table};

/// The rows with the table's columns and the identifiers.
pub(super) fn batch(table: &Table, rows: &[Row]) -> Result<RecordBatch> {
    let crm: StringArray = rows.iter().map(Row::crm).collect();
    let email: StringArray = rows.iter().map(Row::email).collect();
    let at: TimestampMicrosecondArray = rows.iter().map(|row| Some(row.at)).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("crm", Arc::new(crm)),
        ("email", Arc::new(email)),
        ("at", Arc::new(at.with_timezone("UTC"))),
    ];
    for (place, column) in table.columns.iter().enumerate() {
        let values: Vec<&Value> = rows.iter().map(|row| &row.values[place]).collect();
        columns.push((&column.name, array(column.kind(), &values)?));
    }
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)?)
}

fn array(kind: TagKind, values: &[&Value]) -> Result<ArrayRef> {
    Ok(match kind {
        TagKind::Bool => Arc::new(values.iter().map(|v| truth(v)).collect::<BooleanArray>()),
        TagKind::Category => Arc::new(values.iter().map(|v| text(v)).collect::<StringArray>()),
        TagKind::Int => {
            let numbers = values.iter().map(|v| i64::try_from(number(v)?).ok());
            Arc::new(numbers.collect::<Int64Array>())
        }
        TagKind::Decimal { precision, scale } => {
            let numbers: Decimal128Array = values.iter().map(|v| number(v)).collect();
            Arc::new(numbers.with_precision_and_scale(precision, i8::try_from(scale)?)?)
        }
        TagKind::Date => Arc::new(values.iter().map(|v| day(v)).collect::<Date32Array>()),
        TagKind::Timestamp => {
            let instants: TimestampMicrosecondArray = values.iter().map(|v| instant(v)).collect();
            Arc::new(instants.with_timezone("UTC"))
        }
    })
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Decimal { unscaled, .. } => Some(*unscaled),
        _ => None,
    }
}

fn day(value: &Value) -> Option<i32> {
    match value {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::Timestamp(instant) => Some(*instant),
        _ => None,
    }
}

/// As an Arrow stream.
pub(super) fn stream(batch: &RecordBatch) -> Result<Vec<u8>> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
    writer.write(batch)?;
    Ok(writer.into_inner()?)
}

/// Into a Parquet file.
pub(super) fn parquet(batch: &RecordBatch, path: &Path) -> Result<()> {
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
