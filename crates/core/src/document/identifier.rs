//! `identifier:` documents.

use std::fmt;

use super::fields::Fields;
use crate::{
    limits::IDENTIFIER_QUARANTINE_DEFAULT,
    schema::{BlockedPatterns, IdentifierType, Name, Normalizer, PersonLimit},
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

/// Greatest number of merges that a type can allow one value.
const QUARANTINE_MAX: u32 = 1_000_000;

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
    /// Regular expressions for whole normalised values that never identify anybody.
    pub blocked_patterns: Vec<String>,
    /// Values per person.
    pub limit: Option<PersonLimit>,
    /// Whether a person has at most one value, ever.
    pub unique: bool,
    /// Merges that one value may decide.
    pub quarantine: u32,
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
            blocked_patterns: self.blocked_patterns,
            limit: self.limit,
            unique: self.unique,
            quarantine: self.quarantine,
        }
    }
}

/// As a document: `parse(print(spec)) = spec`; keys that say what is so anyway are left out.
impl fmt::Display for IdentifierSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let normalize = NORMALIZERS.iter().find(|(_, n)| *n == self.normalize);
        let normalize = normalize.map_or("none", |(word, _)| word);
        writeln!(f, "identifier: {}", quoted(self.name.as_str()))?;
        writeln!(f, "normalize: {normalize}")?;
        if let Some(region) = &self.region {
            writeln!(f, "region: {}", quoted(region))?;
        }
        writeln!(f, "priority: {}", self.priority)?;
        if let Some(limit) = &self.limit {
            writeln!(f, "limit: {limit}")?;
        }
        if self.unique {
            writeln!(f, "unique: true")?;
        }
        if self.quarantine != IDENTIFIER_QUARANTINE_DEFAULT {
            writeln!(f, "quarantine: {}", self.quarantine)?;
        }
        let lists = [
            ("blocked", &self.blocked),
            ("blocked_patterns", &self.blocked_patterns),
        ];
        for (key, texts) in lists.into_iter().filter(|(_, texts)| !texts.is_empty()) {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            writeln!(f, "{key}: [{}]", texts.join(", "))?;
        }
        Ok(())
    }
}

/// Text in double quotes: a string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
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
    let blocked_patterns = blocked_patterns(fields);
    let limit = fields.limit();
    let unique = unique(fields, limit);
    let quarantine = fields.count("quarantine", 1, QUARANTINE_MAX);
    Some(IdentifierSpec {
        name: name?,
        normalize,
        region,
        priority: priority as u16,
        blocked,
        blocked_patterns,
        limit,
        unique,
        quarantine: quarantine.unwrap_or(IDENTIFIER_QUARANTINE_DEFAULT),
    })
}

fn unique(fields: &mut Fields<'_>, limit: Option<PersonLimit>) -> bool {
    let (unique, line) = fields.flag("unique").unwrap_or_default();
    if unique && limit.is_some() {
        let hint = "leave `limit` out: a unique type has one value per person, ever";
        fields.fault(line, "`unique: true` beside a `limit`", hint);
    }
    unique
}

fn blocked_patterns(fields: &mut Fields<'_>) -> Vec<String> {
    let mut patterns = Vec::new();
    for (pattern, line) in fields.lines("blocked_patterns") {
        if let Err(error) = BlockedPatterns::new(std::slice::from_ref(&pattern)) {
            let hint = "write a regular expression for whole values, such as 'test.*'";
            fields.fault(line, error.to_string(), hint);
        }
        patterns.push(pattern);
    }
    patterns
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
