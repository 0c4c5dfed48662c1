//! Rows as Arrow columns, for Parquet.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder,
        TimestampMicrosecondBuilder, UInt32Array,
    },
    compute::take_record_batch,
    error::ArrowError,
};

use super::{Cell, Column, Layout, layout::ColumnKind};
use crate::demo::calendar::AHEAD_SECONDS;

#[derive(Debug)]
pub(crate) struct ColumnarRows {
    layout: Layout,
    columns: Vec<Builder>,
    times: Vec<i64>,
}

#[derive(Debug)]
enum Builder {
    Text(StringBuilder),
    Int(Int64Builder),
    Money(Decimal128Builder),
    Date(Date32Builder),
    Time(TimestampMicrosecondBuilder),
}

impl ColumnarRows {
    pub(super) fn new(layout: Layout) -> Self {
        let columns = layout.columns.iter().map(Builder::new).collect();
        Self {
            layout,
            columns,
            times: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, at: i64, cells: &[Cell<'_>]) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        for (builder, cell) in self.columns.iter_mut().zip(cells) {
            builder.append(*cell);
        }
        self.times.push(at);
    }

    pub(super) fn finish(self) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.into_iter().map(Builder::finish);
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(self.layout.schema(), columns)?;
        let mut order: Vec<u32> = (0..self.times.len() as u32).collect();
        order.sort_by_key(|row| self.times[*row as usize]);
        take_record_batch(&batch, &UInt32Array::from(order))
    }
}

impl Builder {
    fn new(column: &Column) -> Self {
        match column.kind {
            ColumnKind::Text => Self::Text(StringBuilder::new()),
            ColumnKind::Int => Self::Int(Int64Builder::new()),
            ColumnKind::Money => Self::Money(Decimal128Builder::new()),
            ColumnKind::Date => Self::Date(Date32Builder::new()),
            ColumnKind::Time(_) => Self::Time(TimestampMicrosecondBuilder::new()),
        }
    }

    /// A cell of another kind than the column's is a fault of the generator, and no value.
    fn append(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text)) => builder.append_value(text),
            (Self::Int(builder), Cell::Int(number)) => builder.append_value(number),
            (Self::Money(builder), Cell::Money(cents)) => builder.append_value(i128::from(cents)),
            (Self::Date(builder), Cell::Date(day)) => builder.append_value(day),
            (Self::Time(builder), Cell::Time(local)) => {
                builder.append_value((local - AHEAD_SECONDS) * 1_000_000);
            }
            (builder, cell) => {
                debug_assert!(
                    matches!(cell, Cell::Null),
                    "{cell:?} in another kind of column"
                );
                builder.append_null();
            }
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(builder) => builder.append_null(),
            Self::Int(builder) => builder.append_null(),
            Self::Money(builder) => builder.append_null(),
            Self::Date(builder) => builder.append_null(),
            Self::Time(builder) => builder.append_null(),
        }
    }

    fn finish(self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::Money(mut builder) => Arc::new(builder.finish().with_precision_and_scale(12, 2)?),
            Self::Date(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish().with_timezone("UTC")),
        })
    }
}
