//! The documents of a history, as somebody would keep them in a repository.

use serde_json::Value as Json;
use tagma_core::{schema::Name, segment::print};

use super::{
    table::{Table, TableKind, kind_text},
    tag::TagPlan,
};
use crate::oracle::SegmentDefinition;

/// Identifier types and tables.
pub(super) fn of_tables(tables: &[Table]) -> String {
    let identifiers = [
        "identifier: crm\nnormalize: none\npriority: 1\n".to_owned(),
        "identifier: email\nnormalize: lower\npriority: 2\n".to_owned(),
    ];
    let documents: Vec<String> = identifiers
        .into_iter()
        .chain(tables.iter().map(of_table))
        .collect();
    documents.join("---\n")
}

fn of_table(table: &Table) -> String {
    let name = table.name;
    let kind = match table.kind {
        TableKind::Events => "events",
        TableKind::Attributes => "attributes",
    };
    let columns = table.columns.iter();
    let columns = columns.map(|column| format!("  {}: '{}'\n", column.name, column.declared()));
    let columns: String = columns.collect();
    format!(
        "table: {name}\nkind: {kind}\ntime: at\nidentifiers: {{crm: crm, email: email}}\n\
         columns:\n  at: timestamp\n{columns}"
    )
}

/// Tags.
pub(super) fn of_tags(plans: &[TagPlan], tables: &[Table]) -> String {
    let document = |plan: &TagPlan| {
        let (name, kind) = (&plan.name, kind_text(plan.kind));
        let sql = quoted(&plan.sql(tables));
        format!("tag: '{name}'\nkind: {kind}\nsql: {sql}\n")
    };
    let documents: Vec<String> = plans.iter().map(document).collect();
    documents.join("---\n")
}

/// A segment.
pub(super) fn of_segment(name: &Name, definition: &SegmentDefinition) -> String {
    let expr = quoted(&print(&definition.expr.normalized()));
    let zone = definition.zone.map(|zone| format!("timezone: {zone}\n"));
    let zone = zone.unwrap_or_default();
    format!("segment: '{name}'\nexpr: {expr}\n{zone}")
}

/// A text as YAML reads it back.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}
