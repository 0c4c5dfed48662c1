//! Writes one section and keeps its bounds.

use arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch};
use arrow::compute::{cast, max, min};
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::ArrowWriter;
use tagma_core::schema::TableSchema;

use super::error::Error;
use super::meta::{Bounds, SectionMeta};
use super::order::column;
use super::properties::writer_properties;
use crate::arrow_types::{FROM, ONEID, SEQ, stored_schema};

/// A section being written: rows come in their final order.
pub(super) struct SectionWriter {
    writer: ArrowWriter<Vec<u8>>,
    meta: SectionMeta,
}

impl SectionWriter {
    pub(super) fn new(table: &TableSchema, event: Option<String>) -> Result<Self, Error> {
        let properties = Some(writer_properties(table));
        let writer = ArrowWriter::try_new(Vec::new(), stored_schema(table), properties)?;
        let nothing = Bounds {
            min: i64::MAX,
            max: i64::MIN,
        };
        let meta = SectionMeta {
            event,
            offset: 0,
            length: 0,
            rows: 0,
            oneid: nothing,
            time: None,
            seq: nothing,
            from: None,
        };
        Ok(Self { writer, meta })
    }

    pub(super) fn write(&mut self, table: &TableSchema, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch)?;
        let bounds = |name: &str| -> Result<Option<Bounds>, Error> {
            bounds_of(column(table, batch, name)?.as_ref())
        };
        let meta = &mut self.meta;
        meta.rows += batch.num_rows() as u64;
        meta.oneid = widen(Some(meta.oneid), bounds(ONEID)?).unwrap_or(meta.oneid);
        meta.seq = widen(Some(meta.seq), bounds(SEQ)?).unwrap_or(meta.seq);
        meta.from = widen(meta.from, bounds(FROM)?);
        if let Some(time) = &table.time {
            meta.time = widen(meta.time, bounds(time.as_str())?);
        }
        Ok(())
    }

    /// The section's bytes; its offset is for the caller to set.
    pub(super) fn finish(self) -> Result<(Vec<u8>, SectionMeta), Error> {
        let bytes = self.writer.into_inner()?;
        let mut meta = self.meta;
        meta.length = bytes.len() as u64;
        Ok((bytes, meta))
    }
}

fn widen(a: Option<Bounds>, b: Option<Bounds>) -> Option<Bounds> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.union(b)),
        (a, b) => a.or(b),
    }
}

fn bounds_of(array: &dyn Array) -> Result<Option<Bounds>, Error> {
    let numbers = match array.data_type() {
        DataType::Date32 => cast(&cast(array, &DataType::Int32)?, &DataType::Int64)?,
        _ => cast(array, &DataType::Int64)?,
    };
    let numbers: &PrimitiveArray<Int64Type> = numbers.as_primitive();
    let bounds = min(numbers).zip(max(numbers));
    Ok(bounds.map(|(min, max)| Bounds { min, max }))
}
