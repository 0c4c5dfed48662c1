//! Which column of a file is which column of the table.

use std::path::Path;

use tagma_core::{
    schema::{ColumnType, Name, TableSchema},
    time::Zone,
};

use super::{
    LoadError, LoadOptions,
    cell::CellRules,
    scan::{Scan, ScannedColumn},
};

/// How a file's columns are read, in the file's order.
#[derive(Debug, Clone)]
pub(crate) struct FilePlan {
    pub(crate) columns: Vec<PlannedColumn>,
}

/// A column of the file.
#[derive(Debug, Clone)]
pub(crate) struct PlannedColumn {
    pub(crate) name: Name,
    /// In NDJSON, the keys that lead to it.
    pub(crate) path: Option<String>,
    pub(crate) rules: CellRules,
}

/// Finds each heading in the table.
///
/// # Errors
/// A heading that the table does not know, a needed one that is missing.
pub(crate) fn plan(
    scan: &Scan,
    options: &LoadOptions,
    table: &TableSchema,
    zone: Zone,
) -> Result<FilePlan, LoadError> {
    let file = &scan.file;
    require_needed(file, &scan.headings(), options, table)?;
    let mut columns = Vec::new();
    for ScannedColumn { name, path, .. } in &scan.columns {
        let column_type = type_in(table, name).ok_or_else(|| unknown(file, name, table))?;
        columns.push(PlannedColumn {
            name: name.clone(),
            path: path.clone(),
            rules: CellRules {
                column_type,
                zone,
                has_compact_dates: table.time.as_ref() == Some(name),
                decimal_comma: options.text.decimal_comma && path.is_none(),
            },
        });
    }
    Ok(FilePlan { columns })
}

/// Checks that a file has a column; `role` says who wants it: "--time names".
///
/// # Errors
/// [`LoadError::MissingColumn`].
pub(crate) fn require(
    file: &Path,
    headings: &[Name],
    name: &Name,
    role: &str,
) -> Result<(), LoadError> {
    if headings.contains(name) {
        return Ok(());
    }
    Err(LoadError::MissingColumn {
        file: file.to_owned(),
        name: name.to_string(),
        role: role.to_owned(),
        headings: headings.iter().map(Name::to_string).collect(),
    })
}

fn require_needed(
    file: &Path,
    headings: &[Name],
    options: &LoadOptions,
    table: &TableSchema,
) -> Result<(), LoadError> {
    for id in &options.ids {
        require(
            file,
            headings,
            &id.column,
            &format!("--id {} names", id.identifier),
        )?;
    }
    let has_any = table
        .identifiers
        .iter()
        .any(|(_, column)| headings.contains(column));
    if let Some((identifier, column)) = table.identifiers.first().filter(|_| !has_any) {
        let role = format!("holds identifiers of type {identifier} (nor any other of the table's)");
        require(file, headings, column, &role)?;
    }
    for column in table.key.iter().chain(&table.version) {
        let role = match table.key.contains(column) {
            true => format!("is part of the key of table {}", table.name),
            false => format!("is the version of table {}", table.name),
        };
        require(file, headings, column, &role)?;
    }
    if let Some(time) = &table.time {
        require(
            file,
            headings,
            time,
            &format!("is the time of table {}", table.name),
        )?;
    }
    Ok(())
}

fn type_in(table: &TableSchema, name: &Name) -> Option<ColumnType> {
    let is_identifier = table.identifiers.iter().any(|(_, column)| column == name);
    if is_identifier {
        return Some(ColumnType::Text);
    }
    table.column(name.as_str()).map(|column| column.column_type)
}

fn unknown(file: &Path, name: &Name, table: &TableSchema) -> LoadError {
    let stored = table.columns.iter().map(|column| column.name.to_string());
    let mut columns: Vec<String> = stored.collect();
    for (_, column) in &table.identifiers {
        if !columns.iter().any(|known| known == column.as_str()) {
            columns.push(column.to_string());
        }
    }
    LoadError::UnknownColumn {
        file: file.to_owned(),
        name: name.to_string(),
        table: table.name.to_string(),
        columns,
    }
}
