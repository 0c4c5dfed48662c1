//! The digest of how a file is read: with its content, it is what a load is known by.
//!
//! A function of the rules and of the file's own columns only, so that a table made by the first
//! load and found by the second one gives the same digest.

use std::collections::BTreeSet;

use encoding_rs::Encoding;
use serde::Serialize;
use tagma_core::schema::ColumnType;

use super::{Format, column_type, plan::FilePlan, target::Target, text::TextRules};

/// Field order is part of the digest: add at the end, never change. What is added is left out of
/// the digest where it says the usual, so that older loads are known by theirs.
#[derive(Serialize)]
struct Mapping<'a> {
    delimiter: String,
    ids: Vec<(&'a str, &'a str)>,
    time: Option<&'a str>,
    event: Option<&'a str>,
    columns: Vec<(&'a str, String)>,
    null: &'a str,
    timezone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Unusual<'a>>,
}

/// How text is read where that is not the usual way.
#[derive(Serialize, Default, PartialEq)]
struct Unusual<'a> {
    encoding: Option<&'a str>,
    quote: Option<String>,
    escape: Option<u8>,
    nulls: &'a [String],
    no_heading: bool,
    skip_rows: u64,
    decimal_comma: bool,
}

/// Hex digest of the mapping, by the types that columns had at first. Compression is no part of it:
/// `x.csv` and `x.csv.gz` say the same.
pub(crate) fn digest(
    format: Format,
    rules: &TextRules,
    target: &Target,
    plan: &FilePlan,
) -> String {
    let table = &target.table;
    let ids = table
        .identifiers
        .iter()
        .map(|(id, column)| (id.as_str(), column.as_str()));
    // Priorities may change, and do not change what a row says.
    let ids: BTreeSet<_> = ids.collect();
    let columns = plan.columns.iter();
    let columns = columns.map(|c| {
        let first = target.first_types.get(c.name.as_str()).cloned();
        let known_by = first.unwrap_or_else(|| column_type::print(c.rules.column_type));
        (c.name.as_str(), known_by)
    });
    let json = rules.for_json();
    let (delimiter, null, text) = match format {
        Format::Text => {
            let null = rules.dialect.nulls.first().map_or("", String::as_str);
            (rules.dialect.delimiter.to_string(), null, unusual(rules))
        }
        Format::Json => ("ndjson".to_owned(), "", unusual(&json)),
        Format::Parquet => ("parquet".to_owned(), "", None),
    };
    let mapping = Mapping {
        delimiter,
        ids: ids.into_iter().collect(),
        time: table.time.as_ref().map(|name| name.as_str()),
        event: table.event.as_ref().map(|name| name.as_str()),
        columns: columns.collect(),
        null,
        timezone: zone_of_timestamps(plan),
        text,
    };
    let text = serde_json::to_vec(&mapping).expect("texts and lists are always JSON");
    blake3::hash(&text).to_hex().to_string()
}

fn unusual(rules: &TextRules) -> Option<Unusual<'_>> {
    let dialect = &rules.dialect;
    let quote = match dialect.quote {
        Some(b'"') => None,
        Some(quote) => Some(char::from(quote).to_string()),
        None => Some("none".to_owned()),
    };
    let unusual = Unusual {
        encoding: rules.encoding.map(Encoding::name),
        quote,
        escape: dialect.escape,
        nulls: dialect.nulls.get(1..).unwrap_or_default(),
        no_heading: !rules.has_heading,
        skip_rows: rules.skip_rows,
        decimal_comma: rules.decimal_comma,
    };
    Some(unusual).filter(|unusual| *unusual != Unusual::default())
}

/// The zone matters where there are timestamps, else it is empty.
fn zone_of_timestamps(plan: &FilePlan) -> &'static str {
    let mut rules = plan.columns.iter().map(|column| column.rules);
    let timestamp = rules.find(|rules| rules.column_type == ColumnType::Timestamp);
    timestamp.map_or("", |rules| rules.zone.name())
}
