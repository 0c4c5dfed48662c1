//! Schemas of the tables whose rows a shard stores.
//!
//! Owns what is known of declared tables, learnt from the coordinators when rows of an unknown
//! one are first flushed: a table never changes, so what is known stays right. Built-in tables
//! have the columns that their rows have.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};
use parking_lot::Mutex;
use tagma_core::journal::{DEAD_LETTERS, IDENTITIES, MERGES};
use tagma_core::schema::{Column, ColumnType, HIDDEN_COLUMNS, Name, TableKind, TableSchema};

use super::error::{Error, Result};
use crate::agent::Home;

/// The tables known so far.
#[derive(Debug, Default)]
pub struct Schemas {
    known: Mutex<BTreeMap<Name, TableSchema>>,
}

/// Whether a table is one that every cluster has.
fn is_built_in(table: &Name) -> bool {
    [IDENTITIES, DEAD_LETTERS, MERGES].contains(&table.as_str())
}

impl Schemas {
    /// The schema of `table`; `rows` is what its rows look like.
    ///
    /// # Errors
    /// `Tables` where no coordinator answers, `UnknownTable` where it lags behind the journal:
    /// both pass.
    pub async fn of(
        &self,
        home: &Arc<dyn Home>,
        table: &Name,
        rows: &Schema,
    ) -> Result<TableSchema> {
        if is_built_in(table) {
            return built_in(table, rows);
        }
        if let Some(schema) = self.known.lock().get(table) {
            return Ok(schema.clone());
        }
        let declared = home.tables().await.map_err(Error::Tables)?;
        let mut known = self.known.lock();
        for schema in declared {
            known.insert(schema.name.clone(), schema);
        }
        known
            .get(table)
            .cloned()
            .ok_or_else(|| Error::UnknownTable {
                table: table.to_string(),
            })
    }
}

/// The schema of a built-in table, from its rows.
pub fn built_in(table: &Name, rows: &Schema) -> Result<TableSchema> {
    let mut columns = Vec::new();
    for field in rows.fields() {
        if HIDDEN_COLUMNS.contains(&field.name().as_str()) {
            continue;
        }
        let unfit = || Error::ColumnType {
            table: table.to_string(),
            column: field.name().clone(),
        };
        columns.push(Column {
            name: Name::new(field.name()).map_err(|_| unfit())?,
            column_type: column_type(field.data_type()).ok_or_else(unfit)?,
        });
    }
    Ok(TableSchema {
        name: table.clone(),
        kind: TableKind::Events,
        columns,
        time: None,
        event: None,
        timezone: None,
        identifiers: Vec::new(),
        keep_ids: false,
    })
}

fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Boolean => ColumnType::Bool,
        DataType::Int64 => ColumnType::Int,
        DataType::Float64 => ColumnType::Float,
        DataType::Decimal128(precision, scale) => ColumnType::Decimal {
            precision: *precision,
            scale: u8::try_from(*scale).ok()?,
        },
        DataType::Utf8 => ColumnType::Text,
        DataType::Date32 => ColumnType::Date,
        DataType::Timestamp(_, _) => ColumnType::Timestamp,
        _ => return None,
    })
}
