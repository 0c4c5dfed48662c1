//! Tables: kind, columns, time, identifiers.

use serde::{Deserialize, Serialize};

use super::Name;

/// Columns that every table has and no file may bring.
///
/// `oneid` Int64; `_seq` Int64 ([`crate::RowSeq`]); `_from` Int64, the index from which the row is
/// visible under this person, null = its arrival; `_origin` Int64, the OneID that it came in
/// under, null = this one.
pub const HIDDEN_COLUMNS: [&str; 4] = ["oneid", "_seq", "_from", "_origin"];

/// How rows of a table combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// Append only: every row counts.
    Events,
    /// Per person and column the latest non-null value counts.
    Attributes,
}

/// Type of a stored column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// `true` or `false`.
    Bool,
    /// Int64.
    Int,
    /// Float64; never NaN or infinite.
    Float,
    /// Decimal128.
    Decimal {
        /// Digits, 1 to 38.
        precision: u8,
        /// Digits after the point, 0 to `precision`.
        scale: u8,
    },
    /// UTF-8.
    Text,
    /// Days.
    Date,
    /// UTC microseconds, years 1 to 9999.
    Timestamp,
}

/// A declared column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Lower-cased source name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}

/// A declared table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSchema {
    /// Its name.
    pub name: Name,
    /// How rows combine.
    pub kind: TableKind,
    /// Stored columns in declared order, hidden ones and dropped identifiers left out.
    pub columns: Vec<Column>,
    /// The column that is also `ts`: a timestamp or a date.
    pub time: Option<Name>,
    /// The column that is also `event`: text.
    pub event: Option<Name>,
    /// Zone of timestamps without offset in files; `None` is the cluster's.
    pub timezone: Option<String>,
    /// (identifier type, source column), strongest first.
    pub identifiers: Vec<(Name, Name)>,
    /// Whether identifier columns also stay in the table.
    pub keep_ids: bool,
}

impl TableSchema {
    /// The stored column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name.as_str() == name)
    }
}
