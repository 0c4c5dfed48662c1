//! A table as an answer.

use serde::Serialize;
use tagma_proto::pb::catalog::v1::Table;

use crate::output::text;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TableAnswer {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) time: Option<String>,
    pub(super) event: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) key: Vec<String>,
    pub(super) version: Option<String>,
    pub(super) rows: u64,
    pub(super) identifiers: Vec<IdentifierAnswer>,
    pub(super) columns: Vec<ColumnAnswer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct IdentifierAnswer {
    pub(super) r#type: String,
    pub(super) column: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ColumnAnswer {
    pub(super) name: String,
    pub(super) r#type: String,
}

impl From<&Table> for TableAnswer {
    fn from(table: &Table) -> Self {
        let identifiers = table.identifiers.iter().map(|identifier| IdentifierAnswer {
            r#type: identifier.r#type.clone(),
            column: identifier.column.clone(),
        });
        let columns = table.columns.iter().map(|column| ColumnAnswer {
            name: column.name.clone(),
            r#type: column.r#type.clone(),
        });
        Self {
            name: table.name.clone(),
            kind: table.kind.clone(),
            time: text(&table.time),
            event: text(&table.event),
            timezone: text(&table.timezone),
            key: table.key.clone(),
            version: text(&table.version),
            rows: table.rows,
            identifiers: identifiers.collect(),
            columns: columns.collect(),
        }
    }
}
