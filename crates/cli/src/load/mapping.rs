//! The digest of how a file is read: with its content, it is what a load is known by.
//!
//! A function of the rules and of the file's own columns only, so that a table made by the first
//! load and found by the second one gives the same digest.

use std::collections::BTreeSet;

use serde::Serialize;
use tagma_core::schema::{ColumnType, TableSchema};

use super::{Delimiter, column_type, plan::FilePlan, source::SourceFormat};

/// Field order is part of the digest: add at the end, never change.
#[derive(Serialize)]
struct Mapping<'a> {
    delimiter: String,
    ids: Vec<(&'a str, &'a str)>,
    time: Option<&'a str>,
    event: Option<&'a str>,
    columns: Vec<(&'a str, String)>,
    null: &'a str,
    timezone: &'a str,
}

/// Hex digest of the mapping.
pub(crate) fn digest(
    format: SourceFormat,
    delimiter: Delimiter,
    table: &TableSchema,
    plan: &FilePlan,
) -> String {
    let ids = table
        .identifiers
        .iter()
        .map(|(id, column)| (id.as_str(), column.as_str()));
    // Priorities may change, and do not change what a row says.
    let ids: BTreeSet<_> = ids.collect();
    let columns = plan.columns.iter();
    let columns = columns.map(|c| (c.name.as_str(), column_type::print(c.rules.column_type)));
    let mapping = Mapping {
        delimiter: match format {
            SourceFormat::Delimited => delimiter.to_string(),
            SourceFormat::Parquet => "parquet".to_owned(),
        },
        ids: ids.into_iter().collect(),
        time: table.time.as_ref().map(|name| name.as_str()),
        event: table.event.as_ref().map(|name| name.as_str()),
        columns: columns.collect(),
        null: match format {
            SourceFormat::Delimited => &plan.null,
            SourceFormat::Parquet => "",
        },
        timezone: zone_of_timestamps(plan),
    };
    let text = serde_json::to_vec(&mapping).expect("texts and lists are always JSON");
    blake3::hash(&text).to_hex().to_string()
}

/// The zone matters where there are timestamps, else it is empty.
fn zone_of_timestamps(plan: &FilePlan) -> &'static str {
    let mut rules = plan.columns.iter().map(|column| column.rules);
    let timestamp = rules.find(|rules| rules.column_type == ColumnType::Timestamp);
    timestamp.map_or("", |rules| rules.zone.name())
}
