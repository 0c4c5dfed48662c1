//! Making a table that does not exist, with the identifier types that it needs.

use std::collections::BTreeSet;

use tagma_core::{
    ErrorKind,
    schema::{Name, TableSchema},
};
use tagma_proto::{
    RemoteError,
    pb::catalog::v1::{ApplyRequest, ListTablesRequest, SourceFile},
};

use super::{LoadOptions, document, scan::Scan, schema, target};
use crate::{connection::Connection, failure::Failure};

/// The declared table; `None` where there is none and it is to be made.
///
/// # Errors
/// As for every call; flags that contradict the table; no table and no `--create`.
pub(crate) async fn find(
    connection: &Connection,
    options: &LoadOptions,
) -> Result<Option<TableSchema>, Failure> {
    let listed = connection.list_tables(ListTablesRequest {}).await?;
    let table = listed
        .tables
        .iter()
        .find(|table| table.name == options.table.as_str());
    if let Some(table) = table {
        let table = target::from_wire(table)?;
        target::check(options, &table)?;
        return Ok(Some(table));
    }
    if options.create {
        return Ok(None);
    }
    let message = format!(
        "there is no table `{}`: add --create to make it from the file, or declare it in YAML and \
         `tagma apply` it",
        options.table
    );
    Err(Failure::local(ErrorKind::NotFound, message))
}

/// Makes the table that holds the rows of `scans`.
///
/// # Errors
/// As for every call; what [`schema::infer`] finds.
pub(crate) async fn make(
    connection: &Connection,
    options: &LoadOptions,
    scans: &[Scan],
) -> Result<TableSchema, Failure> {
    let table = schema::infer(options, scans)?;
    // Types that exist keep their rules: a type is declared only once the catalog says that it
    // is not there.
    let mut missing: BTreeSet<Name> = BTreeSet::new();
    loop {
        match apply(connection, &table, &missing).await {
            Ok(log_index) => {
                connection.wait_served(log_index).await?;
                return Ok(table);
            }
            Err(error) => match undeclared(&error, &table, &missing) {
                Some(identifier) => missing.insert(identifier),
                None => return Err(error.into()),
            },
        };
    }
}

async fn apply(
    connection: &Connection,
    table: &TableSchema,
    missing: &BTreeSet<Name>,
) -> Result<u64, RemoteError> {
    let text = document::render(table, |identifier| missing.contains(identifier));
    let file = SourceFile {
        name: format!("--create {}", table.name),
        text,
    };
    let request = ApplyRequest {
        files: vec![file],
        request_id: crate::commands::request_id(),
        segments: Vec::new(),
    };
    Ok(connection.apply(request).await?.log_index)
}

/// The identifier type that the catalog misses, unless it was declared already.
fn undeclared(error: &RemoteError, table: &TableSchema, known: &BTreeSet<Name>) -> Option<Name> {
    if !matches!(error.kind, ErrorKind::Invalid | ErrorKind::NotFound) {
        return None;
    }
    let names = table.identifiers.iter().map(|(identifier, _)| identifier);
    let mut open = names.filter(|identifier| !known.contains(*identifier));
    let is_named = |identifier: &&Name| {
        error
            .message
            .contains(&format!("identifier type `{identifier}`"))
            && error.message.contains("not declared")
    };
    open.find(is_named).cloned()
}

#[cfg(test)]
#[path = "declare_tests.rs"]
mod tests;
