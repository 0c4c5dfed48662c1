//! `table:` documents.

use super::fields::Fields;
use crate::schema::{Column, ColumnType, HIDDEN_COLUMNS, Name, TableKind, TableSchema};

const KINDS: [(&str, TableKind); 2] = [
    ("events", TableKind::Events),
    ("attributes", TableKind::Attributes),
];

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
    let identifiers = identifiers(fields);
    let keep_ids = fields.flag("keep_ids").is_some_and(|(keep, _)| keep);
    fields.later("key", false);
    fields.later("version", false);
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
    })
}

fn kind(fields: &mut Fields<'_>) -> Option<TableKind> {
    let (text, line) = fields.required_text("kind")?;
    if let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == text) {
        return Some(*kind);
    }
    let problem = match text.as_str() {
        "keyed" | "reference" => format!("tables of kind {text} are not supported yet"),
        _ => format!("`kind` is `{text}`"),
    };
    fields.fault(line, problem, "write events or attributes");
    None
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

fn identifiers(fields: &mut Fields<'_>) -> Vec<Mapped> {
    let written = fields.map("identifiers");
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
