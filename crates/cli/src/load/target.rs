//! The declared table that rows go to.

use std::collections::BTreeMap;

use tagma_core::{
    schema::{Column, Name, TableKind, TableSchema},
    time::{self, Zone},
};
use tagma_proto::pb::{catalog::v1::Table, cluster::v1::StatusRequest};

use super::{LoadError, LoadOptions, column_type, schema};
use crate::{connection::Connection, failure::Failure};

/// A table as the catalog lists it.
///
/// # Errors
/// What this version does not know.
pub(crate) fn from_wire(table: &Table) -> Result<TableSchema, Failure> {
    let unknown = |what: String| {
        let message = format!("table `{}` has {what}, unknown to this version", table.name);
        Failure::local(tagma_core::ErrorKind::Incompatible, message)
    };
    let name = |text: &str| Name::new(text).map_err(|error| unknown(error.to_string()));
    let optional = |text: &str| {
        if text.is_empty() {
            Ok(None)
        } else {
            name(text).map(Some)
        }
    };
    let kind =
        TableKind::named(&table.kind).ok_or_else(|| unknown(format!("kind `{}`", table.kind)))?;
    let mut columns = Vec::new();
    for column in &table.columns {
        let column_type = column_type::parse(&column.r#type);
        columns.push(Column {
            name: name(&column.name)?,
            column_type: column_type
                .ok_or_else(|| unknown(format!("a column of type `{}`", column.r#type)))?,
        });
    }
    let mut identifiers = Vec::new();
    for identifier in &table.identifiers {
        identifiers.push((name(&identifier.r#type)?, name(&identifier.column)?));
    }
    let mut key = Vec::with_capacity(table.key.len());
    for column in &table.key {
        key.push(name(column)?);
    }
    let is_kept = |(_, source): &(Name, Name)| columns.iter().any(|c| c.name == *source);
    Ok(TableSchema {
        name: name(&table.name)?,
        kind,
        keep_ids: identifiers.iter().any(is_kept),
        columns,
        time: optional(&table.time)?,
        event: optional(&table.event)?,
        timezone: Some(table.timezone.clone()).filter(|zone| !zone.is_empty()),
        identifiers,
        key,
        version: optional(&table.version)?,
    })
}

/// The types by which loads are known: a file is the same load after a column became wider.
pub(crate) type FirstTypes = BTreeMap<String, String>;

/// The types that columns were first declared with, where they were made wider since.
pub(crate) fn first_types(table: &Table) -> FirstTypes {
    let widened = table.columns.iter().filter(|c| !c.first_type.is_empty());
    widened
        .map(|column| (column.name.clone(), column.first_type.clone()))
        .collect()
}

/// A table that rows go to, and the types by which its loads are known.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) table: TableSchema,
    pub(crate) first_types: FirstTypes,
}

/// Checks that the flags agree with a table that exists.
///
/// # Errors
/// The first flag that does not.
pub(crate) fn check(options: &LoadOptions, table: &TableSchema) -> Result<(), LoadError> {
    let name = &table.name;
    let differs = |what: String| {
        Err(LoadError::Options(format!(
            "table `{name}` exists and {what}: leave the flag out, or load into another table"
        )))
    };
    if options.kind.is_some_and(|kind| kind != table.kind) {
        return differs(format!("its --kind is {}", table.kind.name()));
    }
    if !options.key.is_empty() && options.key != table.key {
        let has = table.key.iter().map(|column| format!("--key {column}"));
        let has: Vec<String> = has.collect();
        return differs(match has.as_slice() {
            [] => "has no --key".to_owned(),
            has => format!("its key is {}", has.join(" ")),
        });
    }
    for (flag, asked, has) in [
        ("--time", &options.time, &table.time),
        ("--event", &options.event, &table.event),
        ("--version", &options.version, &table.version),
    ] {
        if asked.is_some() && asked != has {
            let has = has
                .as_ref()
                .map_or("none".to_owned(), |has| format!("`{has}`"));
            return differs(format!("its {flag} is {has}"));
        }
    }
    if options.timezone.is_some() && options.timezone != table.timezone {
        let zone = table.timezone.as_deref().unwrap_or("the cluster's");
        return differs(format!("its --timezone is {zone}"));
    }
    for typed in &options.types {
        let has = table.column(typed.column.as_str());
        if has.is_none_or(|column| column.column_type != typed.column_type) {
            let has = has.map_or("missing".to_owned(), |c| column_type::print(c.column_type));
            return differs(format!("its column `{}` is {has} (--type)", typed.column));
        }
    }
    for (identifier, column) in schema::identifiers(options) {
        let Some((_, has)) = table
            .identifiers
            .iter()
            .find(|(known, _)| *known == identifier)
        else {
            return differs(format!("has no identifier of type `{identifier}` (--id)"));
        };
        if *has != column {
            return differs(format!("takes `{identifier}` from column `{has}` (--id)"));
        }
    }
    Ok(())
}

/// The zone of the table's timestamps without offset: its own, else the cluster's.
///
/// # Errors
/// As for every call.
pub(crate) async fn zone(connection: &Connection, table: &TableSchema) -> Result<Zone, Failure> {
    let name = match &table.timezone {
        Some(name) => name.clone(),
        None => connection.status(StatusRequest {}).await?.timezone,
    };
    let name = if name.is_empty() { "UTC" } else { &name };
    time::zone(name).map_err(|error| Failure::invalid(error.to_string()))
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
