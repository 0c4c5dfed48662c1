//! Tables: kind, columns, time, identifiers.

use std::fmt;

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
    /// Per person and key the row with the greatest version counts.
    Keyed,
    /// Rows of nobody, a copy on every shard; per key the row with the greatest version counts.
    Reference,
}

impl TableKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Events, Self::Attributes, Self::Keyed, Self::Reference];

    /// As it is written: `events`, `attributes`, `keyed`, `reference`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Attributes => "attributes",
            Self::Keyed => "keyed",
            Self::Reference => "reference",
        }
    }

    /// The kind of that name.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// Whether rows with the same key replace each other.
    pub fn has_key(self) -> bool {
        matches!(self, Self::Keyed | Self::Reference)
    }

    /// Whether its rows are those of people.
    pub fn is_of_people(self) -> bool {
        self != Self::Reference
    }
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

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
        }
    }
}

impl ColumnType {
    /// Whether values of the type are found again by equality: a column of a key.
    pub fn fits_key(self) -> bool {
        self != Self::Float
    }

    /// Whether values of the type say which of two is the later one: a version.
    pub fn fits_version(self) -> bool {
        !matches!(self, Self::Bool | Self::Float)
    }
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
    /// Columns that together name what a row is about; empty unless the kind has a key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<Name>,
    /// Of rows with the same key the one with the greatest value here counts; of equal ones, and
    /// without a version, the later arrival. Null is the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Name>,
}

impl TableSchema {
    /// The stored column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name.as_str() == name)
    }
}
