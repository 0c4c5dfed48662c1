//! Generated rows as a Parquet file, by the Parquet library's own column writers.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Rows of a row group.
const GROUP_ROWS: usize = 131_072;

/// Types of generated columns.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column {
    Text,
    Int,
    /// Hundredths: `decimal(12,2)`.
    Cents,
    Bool,
    /// UTC microseconds.
    Timestamp,
}

/// A table of the file: its columns in order.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Column)],
}

/// Rows on their way into a file, a row group at a time.
pub(super) struct Rows {
    writer: SerializedFileWriter<File>,
    columns: Vec<Values>,
    /// The next cell's column.
    next: usize,
    rows: usize,
}

enum Values {
    /// 1 where there is a value, 0 where there is none.
    Text(Vec<ByteArray>, Vec<i16>),
    Int(Vec<i64>),
    Bool(Vec<bool>),
}

impl Table {
    fn message(&self) -> String {
        let fields = self.columns.iter().map(|(name, column)| match column {
            Column::Text => format!("optional binary {name} (UTF8);"),
            Column::Int => format!("required int64 {name};"),
            Column::Cents => format!("required int64 {name} (DECIMAL(12,2));"),
            Column::Bool => format!("required boolean {name};"),
            Column::Timestamp => format!("required int64 {name} (TIMESTAMP(MICROS,true));"),
        });
        let fields: Vec<String> = fields.collect();
        format!("message {} {{ {} }}", self.name, fields.join(" "))
    }
}

impl Values {
    fn new(column: Column) -> Self {
        match column {
            Column::Text => Self::Text(Vec::new(), Vec::new()),
            Column::Int | Column::Cents | Column::Timestamp => Self::Int(Vec::new()),
            Column::Bool => Self::Bool(Vec::new()),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Text(values, levels) => {
                values.clear();
                levels.clear();
            }
            Self::Int(values) => values.clear(),
            Self::Bool(values) => values.clear(),
        }
    }
}

impl Rows {
    /// A new file.
    pub(super) fn create(path: &Path, table: &Table) -> Result<Self> {
        let schema = Arc::new(parse_message_type(&table.message())?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let file =
            File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self {
            writer: SerializedFileWriter::new(file, schema, Arc::new(properties.build()))?,
            columns: table.columns.iter().map(|(_, c)| Values::new(*c)).collect(),
            next: 0,
            rows: 0,
        })
    }

    /// The row's next cell, of a text column.
    pub(super) fn text(&mut self, text: Option<&str>) {
        if let Some(Values::Text(values, levels)) = self.columns.get_mut(self.next) {
            levels.push(i16::from(text.is_some()));
            values.extend(text.map(ByteArray::from));
        }
        self.next += 1;
    }

    /// The row's next cell, of a column of numbers or timestamps.
    pub(super) fn int(&mut self, value: i64) {
        if let Some(Values::Int(values)) = self.columns.get_mut(self.next) {
            values.push(value);
        }
        self.next += 1;
    }

    /// The row's next cell, of a bool column.
    pub(super) fn bool(&mut self, value: bool) {
        if let Some(Values::Bool(values)) = self.columns.get_mut(self.next) {
            values.push(value);
        }
        self.next += 1;
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) -> Result<()> {
        self.next = 0;
        self.rows += 1;
        if self.rows == GROUP_ROWS {
            self.write_group()?;
        }
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.close()?;
        Ok(())
    }

    fn write_group(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for values in &mut self.columns {
            let column = group.next_column()?;
            let mut column = column.context("more columns than the file has")?;
            match &*values {
                Values::Text(values, levels) => {
                    let writer = column.typed::<ByteArrayType>();
                    writer.write_batch(values, Some(levels), None)?;
                }
                Values::Int(values) => {
                    column
                        .typed::<Int64Type>()
                        .write_batch(values, None, None)?;
                }
                Values::Bool(values) => {
                    column.typed::<BoolType>().write_batch(values, None, None)?;
                }
            }
            column.close()?;
            values.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}
