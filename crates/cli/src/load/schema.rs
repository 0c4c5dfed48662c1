//! The schema of a table that is made from files.

use std::path::PathBuf;

use tagma_core::schema::{Column, ColumnType, Name, TableKind, TableSchema};

use super::{
    LoadError, LoadOptions, column_type,
    guess::{Example, Guess},
    plan,
    scan::{Scan, ScannedColumn},
};

/// A guess and where it comes from.
struct Found {
    name: Name,
    guess: Option<(Guess, Origin)>,
}

/// The file of a guess, and a value that made it.
struct Origin {
    file: PathBuf,
    example: Option<Example>,
}

/// The schema that holds the rows of all `scans`.
///
/// # Errors
/// Missing flags and columns; a column that is text in one file and something else in another.
pub(crate) fn infer(options: &LoadOptions, scans: &[Scan]) -> Result<TableSchema, LoadError> {
    let kind = options.kind.unwrap_or(TableKind::Events);
    check_flags(options, kind)?;
    if options.ids.is_empty() && kind.is_of_people() {
        let message = "--create needs --id TYPE[=COLUMN]: which column tells who a row is about";
        return Err(LoadError::Options(message.to_owned()));
    }
    let mut columns: Vec<Found> = Vec::new();
    for scan in scans {
        check(options, scan)?;
        for column in &scan.columns {
            add(options, &mut columns, scan, column)?;
        }
    }
    require_typed(options, &columns)?;
    Ok(TableSchema {
        name: options.table.clone(),
        kind,
        columns: columns.into_iter().map(stored).collect(),
        time: options.time.clone(),
        event: options.event.clone(),
        timezone: options.timezone.clone(),
        identifiers: identifiers(options),
        keep_ids: options.keep_ids,
        key: options.key.clone(),
        version: options.version.clone(),
    })
}

/// Checks that the flags that a kind needs are there, and none that it has no use for.
fn check_flags(options: &LoadOptions, kind: TableKind) -> Result<(), LoadError> {
    let refuse = |message: String| Err(LoadError::Options(message));
    let name = kind.name();
    if kind.has_key() && options.key.is_empty() {
        return refuse(format!(
            "--create --kind {name} needs --key COLUMN: by which column a row replaces another"
        ));
    }
    let is_keyed = !options.key.is_empty() || options.version.is_some();
    if is_keyed && !kind.has_key() {
        return refuse(format!(
            "--key and --version are for --kind keyed and reference, not {name}"
        ));
    }
    if !kind.is_of_people() && (options.keep_ids || !options.ids.is_empty()) {
        return refuse(format!(
            "a {name} table is of nobody and takes no --id: leave it out, or use --kind keyed"
        ));
    }
    let is_dropped = |column: &&Name| options.ids.iter().any(|id| id.column == **column);
    let mut needed = options.key.iter().chain(&options.version);
    match needed.find(is_dropped).filter(|_| !options.keep_ids) {
        None => Ok(()),
        Some(column) => refuse(format!(
            "`{column}` is an identifier column, which does not stay in the table: with --keep-ids \
             it does"
        )),
    }
}

/// Identifier types with their columns, as the flags give them.
pub(crate) fn identifiers(options: &LoadOptions) -> Vec<(Name, Name)> {
    options
        .ids
        .iter()
        .map(|id| (id.identifier.clone(), id.column.clone()))
        .collect()
}

/// Checks that a file has the columns that the flags name, and times where times are needed.
///
/// # Errors
/// The first that is missing.
pub(crate) fn check(options: &LoadOptions, scan: &Scan) -> Result<(), LoadError> {
    require_named(options, scan)?;
    let is_time = |column: &&ScannedColumn| options.time.as_ref() == Some(&column.name);
    match scan.columns.iter().find(is_time) {
        Some(column) if declared(options, &column.name).is_none() => require_time(scan, column),
        _ => Ok(()),
    }
}

/// What the flags say about columns that would rather be something else: for people.
pub(crate) fn doubts(options: &LoadOptions, scan: &Scan) -> Vec<String> {
    let mut doubts = Vec::new();
    for column in &scan.columns {
        if let Some(doubt) = &column.doubt
            && !is_text(options, &column.name)
            && declared(options, &column.name).is_none()
        {
            let (file, name) = (scan.file.display(), &column.name);
            doubts.push(format!(
                "`{file}`: column `{name}` {doubt}; with --type {name}=TYPE such rows go to the \
                 dead letters instead"
            ));
        }
    }
    doubts
}

/// The type that the flags give a column.
fn declared(options: &LoadOptions, name: &Name) -> Option<ColumnType> {
    let typed = options.types.iter().find(|typed| typed.column == *name);
    typed.map(|typed| typed.column_type)
}

/// Whether a column is text whatever it holds.
fn is_text(options: &LoadOptions, name: &Name) -> bool {
    options.ids.iter().any(|id| id.column == *name) || options.event.as_ref() == Some(name)
}

fn require_typed(options: &LoadOptions, columns: &[Found]) -> Result<(), LoadError> {
    for typed in &options.types {
        if !columns.iter().any(|found| found.name == typed.column) {
            return Err(LoadError::Options(format!(
                "--type names a column `{}` that is in no file",
                typed.column
            )));
        }
    }
    Ok(())
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
    let key = options
        .key
        .iter()
        .map(|name| (name, "--key names".to_owned()));
    let version = options
        .version
        .iter()
        .map(|name| (name, "--version names".to_owned()));
    let named = ids.chain(time).chain(event).chain(key).chain(version);
    for (name, role) in named {
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
    let guess = match declared(options, &column.name) {
        Some(declared) => Some(Guess::declared(declared)),
        None if is_text(options, &column.name) => Some(Guess::declared(ColumnType::Text)),
        None => column.guess,
    };
    let new = guess.map(|guess| {
        let origin = Origin {
            file: scan.file.clone(),
            example: column.example.clone(),
        };
        (guess, origin)
    });
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
                let first_type = column_type::print(a.column_type);
                let second_type = column_type::print(b.column_type);
                return Err(differ(
                    &column.name,
                    (first_type, first),
                    (second_type, second),
                ));
            }
        },
        (a, b) => a.or(b),
    };
    Ok(())
}

fn differ(name: &Name, first: (String, Origin), second: (String, Origin)) -> LoadError {
    let shown = |origin: &Origin, which: &str| match &origin.example {
        Some(Example { row, value }) => format!("`{value}` in row {row} of the {which}"),
        None => format!("the {which} says so itself"),
    };
    LoadError::TypesDiffer {
        name: name.as_str().into(),
        examples: format!(
            "{}, {}",
            shown(&first.1, "first"),
            shown(&second.1, "second")
        )
        .into(),
        first_type: first.0.into(),
        first: first.1.file,
        second_type: second.0.into(),
        second: second.1.file,
    }
}

fn require_time(scan: &Scan, column: &ScannedColumn) -> Result<(), LoadError> {
    let found = match (
        &column.odd_time,
        column.guess.map(|guess| guess.column_type),
    ) {
        (Some(Example { row, value }), _) => format!("`{value}` in row {row}"),
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
