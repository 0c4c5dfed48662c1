//! A declared table from the wire.

use tagma_core::schema::{Column, ColumnType, Name, TableKind, TableSchema};
use tagma_proto::pb::catalog::v1 as pb;

/// The schema of a table as `CatalogService.ListTables` tells it.
pub(super) fn schema(table: pb::Table) -> Result<TableSchema, String> {
    let kind = TableKind::named(&table.kind)
        .ok_or_else(|| format!("table `{}` is of unknown kind `{}`", table.name, table.kind))?;
    let columns = table.columns.iter().map(|column| {
        Ok(Column {
            name: name(&column.name)?,
            column_type: column_type(&column.r#type)?,
        })
    });
    let identifiers = table.identifiers.iter();
    let identifiers = identifiers.map(|of| Ok((name(&of.r#type)?, name(&of.column)?)));
    Ok(TableSchema {
        name: name(&table.name)?,
        kind,
        columns: columns.collect::<Result<_, String>>()?,
        time: optional(&table.time)?,
        event: optional(&table.event)?,
        timezone: Some(table.timezone).filter(|zone| !zone.is_empty()),
        identifiers: identifiers.collect::<Result<_, String>>()?,
        // Not told; it only says which columns a file brings.
        keep_ids: false,
        key: table
            .key
            .iter()
            .map(|key| name(key))
            .collect::<Result<_, _>>()?,
        version: optional(&table.version)?,
    })
}

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| error.to_string())
}

fn optional(text: &str) -> Result<Option<Name>, String> {
    match text.is_empty() {
        true => Ok(None),
        false => name(text).map(Some),
    }
}

fn column_type(text: &str) -> Result<ColumnType, String> {
    let unknown = || format!("`{text}` is no type of a column");
    Ok(match text {
        "bool" => ColumnType::Bool,
        "int" => ColumnType::Int,
        "float" => ColumnType::Float,
        "text" => ColumnType::Text,
        "date" => ColumnType::Date,
        "timestamp" => ColumnType::Timestamp,
        other => {
            let digits = other
                .strip_prefix("decimal(")
                .and_then(|rest| rest.strip_suffix(')'));
            let (precision, scale) = digits.and_then(|d| d.split_once(',')).ok_or_else(unknown)?;
            ColumnType::Decimal {
                precision: precision.trim().parse().map_err(|_| unknown())?,
                scale: scale.trim().parse().map_err(|_| unknown())?,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_told() {
        assert_eq!(column_type("text"), Ok(ColumnType::Text));
        let decimal = ColumnType::Decimal {
            precision: 12,
            scale: 2,
        };
        assert_eq!(column_type("decimal(12,2)"), Ok(decimal));
        for bad in ["", "decimal", "decimal(1)", "decimal(x,2)", "money"] {
            assert!(column_type(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_table_is_read_whole() {
        let column = |name: &str, r#type: &str| pb::Column {
            name: name.to_owned(),
            r#type: r#type.to_owned(),
            ..pb::Column::default()
        };
        let table = pb::Table {
            name: "orders".to_owned(),
            kind: "keyed".to_owned(),
            columns: vec![column("paid_at", "timestamp"), column("amount", "int")],
            time: "paid_at".to_owned(),
            event: String::new(),
            identifiers: vec![pb::IdentifierColumn {
                r#type: "phone".to_owned(),
                column: "mobile".to_owned(),
            }],
            timezone: String::new(),
            key: vec!["order_id".to_owned(), "line".to_owned()],
            version: "paid_at".to_owned(),
            ..pb::Table::default()
        };
        let schema = schema(table).expect("read");
        assert_eq!(schema.kind, TableKind::Keyed);
        assert_eq!(
            schema.key,
            ["order_id", "line"].map(|n| Name::new(n).expect("a name"))
        );
        assert_eq!(schema.version, Name::new("paid_at").ok());
        assert_eq!(schema.time, Name::new("paid_at").ok());
        assert_eq!((schema.event, schema.timezone), (None, None));
        assert_eq!((schema.columns.len(), schema.identifiers.len()), (2, 1));
    }
}
