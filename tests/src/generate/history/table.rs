//! Tables of a history: one of events, one of attributes.
//!
//! Owns their columns. Both have `at`, a timestamp that is their declared time, and identifier
//! columns `crm` and `email`.

use tagma_core::schema::TagKind;

use super::super::values::Source;

/// How rows of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Every row counts.
    Events,
    /// Of each column the latest value that is not null.
    Attributes,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How its rows are read.
    pub kind: TableKind,
    /// Columns beside `at`.
    pub columns: Vec<Column>,
}

/// A column of values.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    pub(super) source: Source,
    /// Part of the rows that have a value.
    pub(super) presence: f64,
}

impl Column {
    /// What its values are: the column has the type of the same name, `text` for a category.
    pub fn kind(&self) -> TagKind {
        self.source.kind
    }

    /// Its type as tables declare it.
    pub(super) fn declared(&self) -> String {
        match self.kind() {
            TagKind::Category => "text".to_owned(),
            other => kind_text(other),
        }
    }
}

/// A kind as tags declare it.
pub(super) fn kind_text(kind: TagKind) -> String {
    match kind {
        TagKind::Bool => "bool".to_owned(),
        TagKind::Category => "category".to_owned(),
        TagKind::Int => "int".to_owned(),
        TagKind::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        TagKind::Date => "date".to_owned(),
        TagKind::Timestamp => "timestamp".to_owned(),
    }
}
