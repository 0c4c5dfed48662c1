//! `identifier:` documents.

use super::fields::Fields;
use crate::{
    limits::IDENTIFIER_QUARANTINE_DEFAULT,
    schema::{IdentifierType, Name, Normalizer},
};

const NORMALIZERS: [(&str, Normalizer); 6] = [
    ("none", Normalizer::None),
    ("trim", Normalizer::Trim),
    ("lower", Normalizer::Lower),
    ("upper", Normalizer::Upper),
    ("email", Normalizer::Email),
    ("phone", Normalizer::Phone),
];

/// Priorities go from 1, the strongest.
const PRIORITY_MAX: u32 = 1_000;

/// An identifier type as its author declares it: the number is the catalog's to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierSpec {
    /// Its name.
    pub name: Name,
    /// How values are normalised.
    pub normalize: Normalizer,
    /// Default region of phone numbers, ISO 3166 alpha-2 in upper case.
    pub region: Option<String>,
    /// 1 is strongest.
    pub priority: u16,
    /// Values that never identify anybody, as written.
    pub blocked: Vec<String>,
}

impl IdentifierSpec {
    /// The type that the catalog keeps.
    pub fn into_type(self, number: u16, normalize_version: u16) -> IdentifierType {
        IdentifierType {
            number,
            name: self.name,
            normalize: self.normalize,
            normalize_version,
            region: self.region,
            priority: self.priority,
            blocked: self.blocked,
            limit: None,
            unique: false,
            quarantine: IDENTIFIER_QUARANTINE_DEFAULT,
        }
    }
}

/// Reads the document; `None` where something is wrong, which is noted.
pub(super) fn identifier(fields: &mut Fields<'_>) -> Option<IdentifierSpec> {
    let name = fields.required_name("identifier");
    let normalize = fields
        .choice("normalize", &NORMALIZERS)
        .unwrap_or(Normalizer::Trim);
    let region = region(fields, normalize);
    let priority = fields.count("priority", 1, PRIORITY_MAX).unwrap_or(1);
    let blocked = fields.texts("blocked");
    fields.later("limit", false);
    fields.later("unique", true);
    Some(IdentifierSpec {
        name: name?,
        normalize,
        region,
        priority: priority as u16,
        blocked,
    })
}

fn region(fields: &mut Fields<'_>, normalize: Normalizer) -> Option<String> {
    let (text, line) = fields.text("region")?;
    if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        fields.fault(
            line,
            format!("`region` is `{text}`"),
            "write two letters, such as CN",
        );
        return None;
    }
    if normalize != Normalizer::Phone {
        fields.fault(
            line,
            "`region` is for phone numbers",
            "set `normalize: phone`",
        );
        return None;
    }
    Some(text.to_ascii_uppercase())
}
