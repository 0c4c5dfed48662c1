//! `segment:` documents.

use super::fields::Fields;
use crate::segment::{SegmentDefinition, parse};

/// Reads the document; `None` where something is wrong, which is noted.
pub(super) fn segment(fields: &mut Fields<'_>) -> Option<SegmentDefinition> {
    let name = fields.required_name("segment");
    let text = fields.required_text("expr");
    let display = fields.display();
    let owner = fields.words("owner");
    let description = fields.words("description");
    let timezone = fields.timezone("timezone");
    fields.later("standing", true);
    let (text, line) = text?;
    let expr = match parse(&text) {
        Ok(expr) => Some(expr),
        Err(error) => {
            fields.fault(line, format!("`expr`: {error}"), "");
            None
        }
    };
    Some(SegmentDefinition {
        name: name?,
        text,
        expr: expr?,
        display,
        owner,
        description,
        timezone,
    })
}
