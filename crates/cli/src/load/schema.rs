//! The schema of a table that is made from files.

use std::path::PathBuf;

use tagma_core::schema::{Column, ColumnType, Name, TableKind, TableSchema};

use super::{
    LoadError, LoadOptions, column_type,
    guess::Guess,
    plan,
    scan::{Scan, ScannedColumn},
};

/// A guess and the file that it comes from.
struct Found {
    name: Name,
    guess: Option<(Guess, PathBuf)>,
}

/// The schema that holds the rows of all `scans`.
///
/// # Errors
/// Missing flags and columns; a column that is text in one file and something else in another.
pub(crate) fn infer(options: &LoadOptions, scans: &[Scan]) -> Result<TableSchema, LoadError> {
    if options.ids.is_empty() {
        let message = "--create needs --id TYPE[=COLUMN]: which column tells who a row is about";
        return Err(LoadError::Options(message.to_owned()));
    }
    let mut columns: Vec<Found> = Vec::new();
    for scan in scans {
        require_named(options, scan)?;
        for column in &scan.columns {
            add(options, &mut columns, scan, column)?;
        }
    }
    Ok(TableSchema {
        name: options.table.clone(),
        kind: options.kind.unwrap_or(TableKind::Events),
        columns: columns.into_iter().map(stored).collect(),
        time: options.time.clone(),
        event: options.event.clone(),
        timezone: options.timezone.clone(),
        identifiers: identifiers(options),
        keep_ids: options.keep_ids,
    })
}

/// Identifier types with their columns, as the flags give them.
pub(crate) fn identifiers(options: &LoadOptions) -> Vec<(Name, Name)> {
    options
        .ids
        .iter()
        .map(|id| (id.identifier.clone(), id.column.clone()))
        .collect()
}

fn require_named(options: &LoadOptions, scan: &Scan) -> Result<(), LoadError> {
    let headings = scan.headings();
    let ids = options
        .ids
        .iter()
        .map(|id| (&id.column, format!("--id {} names", id.identifier)));
    let time = options
        .time
        .iter()
        .map(|name| (name, "--time names".to_owned()));
    let event = options
        .event
        .iter()
        .map(|name| (name, "--event names".to_owned()));
    for (name, role) in ids.chain(time).chain(event) {
        plan::require(&scan.file, &headings, name, &role)?;
    }
    Ok(())
}

fn add(
    options: &LoadOptions,
    columns: &mut Vec<Found>,
    scan: &Scan,
    column: &ScannedColumn,
) -> Result<(), LoadError> {
    let is_id = options.ids.iter().any(|id| id.column == column.name);
    if is_id && !options.keep_ids {
        return Ok(());
    }
    let is_text = is_id || options.event.as_ref() == Some(&column.name);
    let guess = if is_text {
        Some(Guess::declared(ColumnType::Text))
    } else {
        column.guess
    };
    if options.time.as_ref() == Some(&column.name) {
        require_time(scan, column)?;
    }
    let new = guess.map(|guess| (guess, scan.file.clone()));
    let Some(known) = columns.iter_mut().find(|known| known.name == column.name) else {
        columns.push(Found {
            name: column.name.clone(),
            guess: new,
        });
        return Ok(());
    };
    known.guess = match (known.guess.take(), new) {
        (Some((a, first)), Some((b, second))) => match a.with(b) {
            Some(wider) => Some((wider, first)),
            None => {
                return Err(LoadError::TypesDiffer {
                    name: column.name.to_string(),
                    first,
                    first_type: column_type::print(a.column_type),
                    second,
                    second_type: column_type::print(b.column_type),
                });
            }
        },
        (a, b) => a.or(b),
    };
    Ok(())
}

fn require_time(scan: &Scan, column: &ScannedColumn) -> Result<(), LoadError> {
    let found = match (
        &column.odd_time,
        column.guess.map(|guess| guess.column_type),
    ) {
        (Some((row, value)), _) => format!("`{value}` in row {row}"),
        (None, Some(ColumnType::Date | ColumnType::Timestamp)) => return Ok(()),
        (None, Some(other)) => column_type::print(other),
        (None, None) => "no values".to_owned(),
    };
    Err(LoadError::NoTime {
        file: scan.file.clone(),
        name: column.name.to_string(),
        found,
    })
}

/// Nothing is known about a column without values: text takes everything.
fn stored(found: Found) -> Column {
    Column {
        name: found.name,
        column_type: found
            .guess
            .map_or(ColumnType::Text, |(guess, _)| guess.column_type),
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
