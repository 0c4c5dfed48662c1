//! Making a table that does not exist, with the identifier types that it needs.

use std::collections::BTreeSet;

use tagma_core::ErrorKind;
use tagma_proto::pb::catalog::v1::{
    ApplyRequest, ListIdentifierTypesRequest, ListTablesRequest, SourceFile,
};

use super::{
    LoadOptions, document,
    scan::Scan,
    schema,
    target::{self, FirstTypes, Target},
};
use crate::{connection::Connection, failure::Failure};

/// The declared table; `None` where there is none and it is to be made.
///
/// # Errors
/// As for every call; flags that contradict the table; no table and no `--create`.
pub(crate) async fn find(
    connection: &Connection,
    options: &LoadOptions,
) -> Result<Option<Target>, Failure> {
    let listed = connection.list_tables(ListTablesRequest {}).await?;
    let table = listed
        .tables
        .iter()
        .find(|table| table.name == options.table.as_str());
    if let Some(table) = table {
        let first_types = target::first_types(table);
        let table = target::from_wire(table)?;
        target::check(options, &table)?;
        return Ok(Some(Target { table, first_types }));
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

/// Makes the table that holds the rows of `scans`; identifier types that exist keep their rules.
///
/// # Errors
/// As for every call; what [`schema::infer`] finds.
pub(crate) async fn make(
    connection: &Connection,
    options: &LoadOptions,
    scans: &[Scan],
) -> Result<Target, Failure> {
    let table = schema::infer(options, scans)?;
    let known = connection.list_identifier_types(ListIdentifierTypesRequest {});
    let known: BTreeSet<String> = known.await?.types.into_iter().map(|t| t.name).collect();
    let file = SourceFile {
        name: format!("--create {}", table.name),
        text: document::render(&table, |identifier| !known.contains(identifier.as_str())),
    };
    let request = ApplyRequest {
        files: vec![file],
        request_id: crate::commands::request_id(),
        // One that somebody else declares in the meantime keeps its rules, too.
        keep_identifier_types: true,
        segments: Vec::new(),
    };
    let log_index = connection.apply(request).await?.log_index;
    connection.wait_served(log_index).await?;
    Ok(Target {
        table,
        first_types: FirstTypes::new(),
    })
}
