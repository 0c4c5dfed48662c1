//! `tag:` documents.

use super::fields::Fields;
use crate::{
    limits::TAG_HISTORY_DEFAULT,
    schema::{OnMissing, TagDefinition, TagLevel},
};

const LEVELS: [(&str, TagLevel); 3] = [
    ("base", TagLevel::Base),
    ("derived", TagLevel::Derived),
    ("business", TagLevel::Business),
];

/// Versions that a tag can keep.
const HISTORY_MAX: u32 = 10_000;

/// Keys that later versions read.
const LATER: [&str; 6] = [
    "schedule",
    "live",
    "tests",
    "rules",
    "source",
    "sensitivity",
];

/// Reads the document; `None` where something is wrong, which is noted.
pub(super) fn tag(fields: &mut Fields<'_>) -> Option<TagDefinition> {
    let name = fields.required_name("tag");
    let kind = fields.tag_kind();
    let sql = fields.required_text("sql");
    let level = fields.choice("level", &LEVELS).unwrap_or(TagLevel::Derived);
    let category = fields.words("category");
    let owner = fields.words("owner");
    let display = fields.display();
    let description = fields.words("description");
    let timezone = fields.timezone("timezone");
    let on_missing = on_missing(fields);
    let history = fields
        .count("history", 1, HISTORY_MAX)
        .unwrap_or(TAG_HISTORY_DEFAULT);
    for key in LATER {
        fields.later(key, false);
    }
    let (sql, line) = sql?;
    if sql.is_empty() {
        fields.fault(
            line,
            "`sql` is empty",
            "write SELECT oneid, … AS value FROM …",
        );
    }
    Some(TagDefinition {
        name: name?,
        kind: kind?,
        sql,
        level,
        category,
        owner,
        display,
        description,
        timezone,
        on_missing,
        history,
    })
}

fn on_missing(fields: &mut Fields<'_>) -> OnMissing {
    if let Some((text, line)) = fields.text("on_missing") {
        match text.as_str() {
            "empty" => {}
            "keep_last" => {
                let problem = "`on_missing: keep_last` is not supported yet";
                fields.fault(line, problem, "write empty, or leave the key out");
            }
            _ => fields.fault(line, format!("`on_missing` is `{text}`"), "write empty"),
        }
    }
    OnMissing::Empty
}
