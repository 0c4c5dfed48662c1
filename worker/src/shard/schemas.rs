//! Schemas of the tables whose rows a shard stores.
//!
//! Owns what is known of declared tables, learnt from the coordinators when rows are flushed that
//! no known schema can hold: a table only gains columns and wider types, so an older schema is
//! right for rows that fit it. Built-in tables have the columns that their rows have.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use parking_lot::Mutex;
use tagma_core::journal::{DEAD_LETTERS, IDENTITIES, MERGES};
use tagma_core::schema::{Column, HIDDEN_COLUMNS, Name, TableKind, TableSchema};
use tagma_sql::column_type;

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
    /// A schema of `table` that holds its rows; `rows` is what these look like, batch by batch.
    ///
    /// # Errors
    /// `Tables` where no coordinator answers, `UnknownTable` where it lags behind the journal:
    /// both pass.
    pub async fn of(
        &self,
        home: &Arc<dyn Home>,
        table: &Name,
        rows: &[SchemaRef],
    ) -> Result<TableSchema> {
        if is_built_in(table) {
            let first = rows.first().map(Arc::clone);
            return built_in(table, &first.unwrap_or_else(|| Arc::new(Schema::empty())));
        }
        let holds = |schema: &&TableSchema| rows.iter().all(|rows| holds(schema, rows));
        if let Some(schema) = self.known.lock().get(table).filter(holds) {
            return Ok(schema.clone());
        }
        let declared = home.tables().await.map_err(Error::Tables)?;
        let mut known = self.known.lock();
        for schema in declared {
            known.insert(schema.name.clone(), schema);
        }
        let declared = known.get(table).filter(holds);
        declared.cloned().ok_or_else(|| Error::UnknownTable {
            table: table.to_string(),
        })
    }
}

/// Whether rows that look so can be stored by `schema`.
fn holds(schema: &TableSchema, rows: &Schema) -> bool {
    let fields = rows.fields().iter();
    let mut columns = fields.filter(|field| !HIDDEN_COLUMNS.contains(&field.name().as_str()));
    columns.all(|field| {
        let own = schema.column(field.name());
        let found = column_type(field.data_type());
        own.zip(found)
            .is_some_and(|(own, found)| found.fits_into(own.column_type))
    })
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
        key: Vec::new(),
        version: None,
    })
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field};

    use super::*;
    use crate::testing::{FakeHome, name, orders};

    fn rows(columns: &[(&str, DataType)]) -> SchemaRef {
        let hidden = HIDDEN_COLUMNS.map(|name| Field::new(name, DataType::Int64, true));
        let columns = columns.iter();
        let columns = columns.map(|(name, data_type)| Field::new(*name, data_type.clone(), true));
        let fields: Vec<Field> = hidden.into_iter().chain(columns).collect();
        Arc::new(Schema::new(fields))
    }

    #[tokio::test]
    async fn a_schema_is_asked_for_again_where_the_known_one_does_not_hold_the_rows() {
        let fake = FakeHome::new();
        let home = Arc::clone(&fake) as Arc<dyn Home>;
        let schemas = Schemas::default();
        let narrow = rows(&[("amount", DataType::Int64)]);
        let wide = rows(&[("amount", DataType::Decimal128(21, 2))]);
        let longer = rows(&[("amount", DataType::Int64), ("city", DataType::Utf8)]);
        let of = async |rows: &[SchemaRef]| schemas.of(&home, &name("orders"), rows).await;
        let first = of(std::slice::from_ref(&narrow)).await.expect("known");
        assert_eq!(first, orders());
        for ahead in [&wide, &longer] {
            let behind = of(&[Arc::clone(&narrow), Arc::clone(ahead)]).await;
            let error = behind.expect_err("the coordinator does not know it yet");
            assert_eq!(error.kind(), tagma_core::ErrorKind::Unavailable);
        }
        let evolved = crate::testing::wide_orders();
        fake.declare(evolved.clone());
        let again = of(std::slice::from_ref(&narrow)).await.expect("known");
        assert_eq!(
            again,
            orders(),
            "what holds the rows is not asked for again"
        );
        let newest = of(&[narrow, wide, longer]).await.expect("declared");
        assert_eq!(newest, evolved);
    }
}
