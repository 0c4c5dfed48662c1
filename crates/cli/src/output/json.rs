//! Shapes of JSON answers that several commands share. Field names are a promise to scripts.

use std::collections::BTreeMap;

use serde::Serialize;
use tagma_core::time::print_timestamp;
use tagma_proto::pb::tag::v1::{Tag, Version};

/// RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Instant(pub(crate) String);

impl Instant {
    pub(crate) fn new(unix_us: i64) -> Self {
        Self(print_timestamp(unix_us))
    }
}

/// A published version of a tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct VersionAnswer {
    tag: String,
    version: u64,
    index: u64,
    source_index: u64,
    as_of: Instant,
    rows: u64,
    population: u64,
    min: Option<String>,
    max: Option<String>,
    top: Vec<ValueAnswer>,
    duration_ms: u64,
    rolled_back_to: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ValueAnswer {
    value: String,
    count: u64,
}

impl From<&Version> for VersionAnswer {
    fn from(version: &Version) -> Self {
        let top = version.top.iter().map(|value| ValueAnswer {
            value: value.value.clone(),
            count: value.count,
        });
        Self {
            tag: version.tag.clone(),
            version: version.version,
            index: version.log_index,
            source_index: version.source_log_index,
            as_of: Instant::new(version.as_of_unix_us),
            rows: version.rows,
            population: version.population,
            min: text(&version.min),
            max: text(&version.max),
            top: top.collect(),
            duration_ms: version.duration_ms,
            rolled_back_to: Some(version.rolled_back_to).filter(|number| *number > 0),
        }
    }
}

/// A tag with its newest version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TagAnswer {
    name: String,
    kind: String,
    level: String,
    category: Option<String>,
    owner: Option<String>,
    display: BTreeMap<String, String>,
    description: Option<String>,
    sql: String,
    newest: Option<VersionAnswer>,
}

impl From<&Tag> for TagAnswer {
    fn from(tag: &Tag) -> Self {
        let display = tag.display.iter().map(|(k, v)| (k.clone(), v.clone()));
        Self {
            name: tag.name.clone(),
            kind: tag.kind.clone(),
            level: tag.level.clone(),
            category: text(&tag.category),
            owner: text(&tag.owner),
            display: display.collect(),
            description: text(&tag.description),
            sql: tag.sql.clone(),
            newest: tag.newest.as_ref().map(VersionAnswer::from),
        }
    }
}

/// The wire says "none" by an empty text.
pub(crate) fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}
