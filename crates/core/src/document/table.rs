//! `table:` documents.

use super::fields::Fields;
use crate::{
    schema::{Column, ColumnType, HIDDEN_COLUMNS, Name, TableKind, TableSchema},
    segment::nearest,
};

/// Columns of a key, at most.
const KEY_COLUMNS_MAX: usize = 16;

/// Names under which the declared time and event columns can be read.
const TIME_ALIAS: &str = "ts";
const EVENT_ALIAS: &str = "event";

/// Reads the document; `None` where something is wrong, which is noted.
pub(super) fn table(fields: &mut Fields<'_>) -> Option<TableSchema> {
    let name = fields.required_name("table");
    let kind = kind(fields);
    let columns = columns(fields);
    let time = fields.optional_name("time");
    let event = fields.optional_name("event");
    let timezone = fields.timezone("timezone");
    let identifiers = identifiers(fields, kind);
    let keep_ids = fields.flag("keep_ids").is_some_and(|(keep, _)| keep);
    let (key, version) = key_and_version(fields, kind, &columns);
    let timely = [ColumnType::Timestamp, ColumnType::Date];
    check_role(fields, &columns, time.as_ref(), TIME_ALIAS, &timely);
    check_role(
        fields,
        &columns,
        event.as_ref(),
        EVENT_ALIAS,
        &[ColumnType::Text],
    );
    if !keep_ids {
        check_dropped(fields, &columns, &identifiers);
    }
    Some(TableSchema {
        name: name?,
        kind: kind?,
        columns: columns.into_iter().map(|(column, _)| column).collect(),
        time: time.map(|(name, _)| name),
        event: event.map(|(name, _)| name),
        timezone,
        identifiers: identifiers.into_iter().map(|(pair, _)| pair).collect(),
        keep_ids,
        key,
        version,
    })
}

fn kind(fields: &mut Fields<'_>) -> Option<TableKind> {
    let (text, line) = fields.required_text("kind")?;
    let kind = TableKind::named(&text);
    if kind.is_none() {
        let kinds = TableKind::ALL.map(TableKind::name);
        let hint = match nearest(&text, kinds) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", kinds.join(", ")),
        };
        fields.fault(line, format!("`kind` is `{text}`"), &hint);
    }
    kind
}

fn columns(fields: &mut Fields<'_>) -> Vec<(Column, u32)> {
    let mut columns: Vec<(Column, u32)> = Vec::new();
    for (name, type_text, line) in fields.map("columns").unwrap_or_default() {
        let column_type = fields.column_type(&type_text, line);
        let (Some(name), Some(column_type)) = (fields.name(&name, line), column_type) else {
            continue;
        };
        if HIDDEN_COLUMNS.contains(&name.as_str()) {
            fields.fault(
                line,
                format!("the column `{name}` is Tagma's own"),
                "rename it",
            );
        } else if columns.iter().any(|(column, _)| column.name == name) {
            fields.fault(
                line,
                format!("the column `{name}` is there twice"),
                "names fold to lower case",
            );
        } else {
            columns.push((Column { name, column_type }, line));
        }
    }
    columns
}

type Mapped = ((Name, Name), u32);

fn identifiers(fields: &mut Fields<'_>, kind: Option<TableKind>) -> Vec<Mapped> {
    let line = fields.line_of("identifiers");
    let written = fields.map("identifiers");
    if kind.is_some_and(|kind| !kind.is_of_people()) {
        if written.is_some() {
            let problem = "rows of a reference table are of nobody: it has no `identifiers`";
            fields.fault(line, problem, "leave them out, or make it `kind: keyed`");
        }
        return Vec::new();
    }
    if written.as_ref().is_none_or(Vec::is_empty) {
        let hint = "map identifier types to columns: {phone: mobile}";
        fields.fault(fields.first_line(), "a table needs `identifiers`", hint);
    }
    let mut mapped: Vec<Mapped> = Vec::new();
    for (identifier, column, line) in written.unwrap_or_default() {
        let pair = (fields.name(&identifier, line), fields.name(&column, line));
        let (Some(identifier), Some(column)) = pair else {
            continue;
        };
        if mapped.iter().any(|((known, _), _)| *known == identifier) {
            let problem = format!("the identifier type `{identifier}` is there twice");
            fields.fault(line, problem, "names fold to lower case");
            continue;
        }
        mapped.push(((identifier, column), line));
    }
    mapped
}

/// The key, where rows of the kind have one, and the version.
fn key_and_version(
    fields: &mut Fields<'_>,
    kind: Option<TableKind>,
    columns: &[(Column, u32)],
) -> (Vec<Name>, Option<Name>) {
    let lines = ["key", "version"].map(|key| fields.line_of(key));
    let written = fields.lines("key");
    let version = fields.optional_name("version");
    let Some(kind) = kind else {
        return (Vec::new(), None);
    };
    if !kind.has_key() {
        let given = [!written.is_empty(), version.is_some()];
        let given = ["key", "version"].into_iter().zip(lines).zip(given);
        for ((what, line), _) in given.filter(|(_, is_given)| *is_given) {
            let problem = format!("a table of kind {} has no `{what}`", kind.name());
            fields.fault(line, problem, "leave it out, or make it `kind: keyed`");
        }
        return (Vec::new(), None);
    }
    if written.is_empty() {
        let problem = format!("a {} table needs a `key`", kind.name());
        let hint = "name the columns by which a row replaces another: [order_id, line]";
        fields.fault(lines[0], problem, hint);
    }
    let key = key(fields, written, columns);
    let version = version.map(|(name, line)| {
        let hint = "the version is an int, a decimal, a date, a timestamp or a text";
        check_column(
            fields,
            columns,
            (&name, line),
            hint,
            ColumnType::fits_version,
        );
        name
    });
    (key, version)
}

fn key(
    fields: &mut Fields<'_>,
    written: Vec<(String, u32)>,
    columns: &[(Column, u32)],
) -> Vec<Name> {
    let mut key: Vec<Name> = Vec::new();
    for (text, line) in written {
        let Some(name) = fields.name(&text, line) else {
            continue;
        };
        let hint = "floats are not compared for equality: make it a decimal or a text";
        check_column(fields, columns, (&name, line), hint, ColumnType::fits_key);
        if key.contains(&name) {
            let problem = format!("the column `{name}` is twice in the key");
            fields.fault(line, problem, "names fold to lower case");
        } else if key.len() == KEY_COLUMNS_MAX {
            let problem = format!("the key has more than {KEY_COLUMNS_MAX} columns");
            fields.fault(line, problem, "");
            break;
        } else {
            key.push(name);
        }
    }
    key
}

/// A column that the key or the version names: it is stored, and of a type that fits.
fn check_column(
    fields: &mut Fields<'_>,
    columns: &[(Column, u32)],
    (name, line): (&Name, u32),
    hint: &str,
    fits: impl Fn(ColumnType) -> bool,
) {
    match columns.iter().find(|(column, _)| column.name == *name) {
        None => fields.fault(
            line,
            format!("there is no column `{name}`"),
            "add it to `columns`; an identifier column also stays with `keep_ids: true`",
        ),
        Some((column, _)) if !fits(column.column_type) => {
            let problem = format!("the column `{name}` is of type {}", column.column_type);
            fields.fault(line, problem, hint);
        }
        Some(_) => {}
    }
}

/// The time or event column: it exists, has a fitting type, and its alias means nothing else.
fn check_role(
    fields: &mut Fields<'_>,
    columns: &[(Column, u32)],
    role: Option<&(Name, u32)>,
    alias: &str,
    types: &[ColumnType],
) {
    let Some((name, line)) = role else {
        return;
    };
    match columns.iter().find(|(column, _)| column.name == *name) {
        None => fields.fault(
            *line,
            format!("there is no column `{name}`"),
            "add it to `columns`",
        ),
        Some((column, _)) if !types.contains(&column.column_type) => {
            let hint = match alias {
                TIME_ALIAS => "the time is a timestamp or a date",
                _ => "the event is text",
            };
            fields.fault(*line, format!("the column `{name}` has another type"), hint);
        }
        Some(_) => {}
    }
    let other = columns
        .iter()
        .find(|(column, _)| column.name.as_str() == alias);
    if let Some((column, line)) = other.filter(|(column, _)| column.name != *name) {
        let problem = format!(
            "the column `{}` hides what `{name}` is also called",
            column.name
        );
        fields.fault(*line, problem, "rename it");
    }
}

/// Identifier columns do not stay in the table unless they are asked to.
fn check_dropped(fields: &mut Fields<'_>, columns: &[(Column, u32)], identifiers: &[Mapped]) {
    for ((_, source), line) in identifiers {
        if columns.iter().any(|(column, _)| column.name == *source) {
            let problem = format!("the identifier column `{source}` is also in `columns`");
            fields.fault(
                *line,
                problem,
                "leave it out there, or set `keep_ids: true`",
            );
        }
    }
}
