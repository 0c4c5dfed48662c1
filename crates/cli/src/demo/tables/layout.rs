//! `Layout`: the columns of a table, and how its source spells times.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// How a source writes an instant into a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeStyle {
    /// `2026-06-30 14:30`, China's time.
    LocalMinutes,
    /// `2026-06-30 14:30:00`, China's time.
    LocalSeconds,
    /// `2026-06-30T14:30:00+08:00`.
    Offset,
    /// `2026-06-30T14:30:00+0800`.
    BasicOffset,
    /// `2026-06-30T06:30:00.000Z`.
    UtcMillis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Int,
    /// Yuan with two places.
    Money,
    Date,
    Time(TimeStyle),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: ColumnKind,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) columns: &'static [Column],
}

impl Column {
    pub(crate) const fn text(name: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Text,
        }
    }

    pub(crate) const fn int(name: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Int,
        }
    }

    pub(crate) const fn money(name: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Money,
        }
    }

    pub(crate) const fn date(name: &'static str) -> Self {
        Self {
            name,
            kind: ColumnKind::Date,
        }
    }

    pub(crate) const fn time(name: &'static str, style: TimeStyle) -> Self {
        Self {
            name,
            kind: ColumnKind::Time(style),
        }
    }
}

impl Layout {
    /// The first line of a text file.
    pub(crate) fn heading(self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(",") + "\n"
    }

    /// The columns of a Parquet file: instants in UTC microseconds.
    pub(crate) fn schema(self) -> SchemaRef {
        let field = |column: &Column| {
            let data_type = match column.kind {
                ColumnKind::Text => DataType::Utf8,
                ColumnKind::Int => DataType::Int64,
                ColumnKind::Money => DataType::Decimal128(12, 2),
                ColumnKind::Date => DataType::Date32,
                ColumnKind::Time(_) => {
                    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
                }
            };
            Field::new(column.name, data_type, true)
        };
        Arc::new(Schema::new(
            self.columns.iter().map(field).collect::<Vec<_>>(),
        ))
    }
}
