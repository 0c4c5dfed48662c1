//! The YAML that declares a table and its identifier types.
//!
//! Every scalar is quoted: a column may be called `yes`, `null` or `1e3`.

use std::fmt::Write;

use tagma_core::schema::{Name, TableSchema};

use super::column_type;

/// One document per identifier type, in order of priority from 1, `types` first to last; only
/// those that `is_missing`. Then the table.
pub(crate) fn render(table: &TableSchema, is_missing: impl Fn(&Name) -> bool) -> String {
    let mut documents = Vec::new();
    for (position, (identifier, _)) in table.identifiers.iter().enumerate() {
        if is_missing(identifier) {
            documents.push(identifier_document(identifier, position + 1));
        }
    }
    documents.push(table_document(table));
    documents.join("---\n")
}

fn identifier_document(identifier: &Name, priority: usize) -> String {
    let name = quoted(identifier.as_str());
    format!("identifier: {name}\nnormalize: trim\npriority: {priority}\n")
}

fn table_document(table: &TableSchema) -> String {
    let kind = table.kind.name();
    let mut text = format!("table: {}\nkind: {kind}\n", quoted(table.name.as_str()));
    let mut line = |key: &str, value: &str| {
        // Writing to a string cannot fail.
        let _always = writeln!(text, "{key}: {}", quoted(value));
    };
    if let Some(time) = &table.time {
        line("time", time.as_str());
    }
    if let Some(event) = &table.event {
        line("event", event.as_str());
    }
    if let Some(version) = &table.version {
        line("version", version.as_str());
    }
    if let Some(timezone) = &table.timezone {
        line("timezone", timezone);
    }
    if table.keep_ids {
        text.push_str("keep_ids: true\n");
    }
    if !table.key.is_empty() {
        let key: Vec<String> = table
            .key
            .iter()
            .map(|column| quoted(column.as_str()))
            .collect();
        // Writing to a string cannot fail.
        let _always = writeln!(text, "key: [{}]", key.join(", "));
    }
    if !table.identifiers.is_empty() {
        text.push_str("identifiers:\n");
    }
    for (identifier, column) in &table.identifiers {
        push_entry(&mut text, identifier.as_str(), column.as_str());
    }
    if table.columns.is_empty() {
        text.push_str("columns: {}\n");
        return text;
    }
    text.push_str("columns:\n");
    for column in &table.columns {
        push_entry(
            &mut text,
            column.name.as_str(),
            &column_type::print(column.column_type),
        );
    }
    text
}

fn push_entry(text: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _always = writeln!(text, "  {}: {}", quoted(key), quoted(value));
}

/// JSON strings are YAML strings.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
