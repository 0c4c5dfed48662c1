//! Identifier types: what makes two records the same person, and what keeps them apart.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::limits::IDENTIFIER_QUARANTINE_DEFAULT;

/// How raw text of an identifier becomes the value that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalizer {
    /// As given.
    None,
    /// White space at both ends removed.
    Trim,
    /// NFKC, trimmed, lower case.
    Lower,
    /// NFKC, trimmed, upper case.
    Upper,
    /// As `Lower`; must contain one `@` with text on both sides.
    Email,
    /// E.164 with the type's default region.
    Phone,
}

/// Which values of a type count against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitWindow {
    /// All that a person has.
    Ever,
    /// Those attached today or on one of the UTC days before it: this many days in all, from 1.
    Days(u32),
}

/// How many values of a type one person may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonLimit {
    /// Values, from 1.
    pub per_person: u32,
    /// Which values count.
    pub window: LimitWindow,
}

/// A declared type of identifiers: `phone`, `crm_id`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifierType {
    /// Number of the type in map files: given by the catalog, never reused, from 1.
    pub number: u16,
    /// Its name.
    pub name: Name,
    /// How values are normalised.
    pub normalize: Normalizer,
    /// Version of the normaliser's code that this type's hashes were made with.
    pub normalize_version: u16,
    /// Default region of phone numbers, ISO 3166 alpha-2.
    pub region: Option<String>,
    /// 1 is strongest; decides which identifier of a record is dropped or gives its origin.
    pub priority: u16,
    /// Normalised values that never identify anybody.
    pub blocked: Vec<String>,
    /// Regular expressions for whole normalised values that never identify anybody.
    #[serde(default)]
    pub blocked_patterns: Vec<String>,
    /// Values per person; absent: any number.
    #[serde(default)]
    pub limit: Option<PersonLimit>,
    /// Whether a person has at most one value of it, ever.
    #[serde(default)]
    pub unique: bool,
    /// Merges that one value may decide; one more and the value is left out from then on.
    #[serde(default = "quarantine")]
    pub quarantine: u32,
}

fn quarantine() -> u32 {
    IDENTIFIER_QUARANTINE_DEFAULT
}
