//! Tags: kind, SQL, tests.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::Name;
use crate::value::ValueType;

/// What a tag's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagKind {
    /// `true` or `false`.
    Bool,
    /// One text of few different ones: only equality.
    Category,
    /// Int64.
    Int,
    /// Int64 × 10⁻ˢ.
    Decimal {
        /// Digits, 1 to 18.
        precision: u8,
        /// Digits after the point, 0 to `precision`.
        scale: u8,
    },
    /// Days.
    Date,
    /// UTC microseconds.
    Timestamp,
}

impl TagKind {
    /// The type that the tag has in an expression.
    pub fn value_type(self) -> ValueType {
        match self {
            Self::Bool => ValueType::Bool,
            Self::Category => ValueType::Text,
            Self::Int => ValueType::Int,
            Self::Decimal { scale, .. } => ValueType::Decimal(scale),
            Self::Date => ValueType::Date,
            Self::Timestamp => ValueType::Timestamp,
        }
    }
}

impl fmt::Display for TagKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Category => f.write_str("category"),
            Self::Int => f.write_str("int"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
        }
    }
}

/// Where a tag stands between raw data and business meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagLevel {
    /// Straight from a source.
    Base,
    /// Computed from base facts.
    Derived,
    /// A business judgement.
    Business,
}

/// What happens to people that a run does not mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMissing {
    /// They have no value.
    Empty,
}

/// A declared tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagDefinition {
    /// Its name.
    pub name: Name,
    /// What its values are.
    pub kind: TagKind,
    /// `SELECT oneid, … AS value`.
    pub sql: String,
    /// Base, derived or business.
    pub level: TagLevel,
    /// Path of the folder that it is shown in, levels separated by `/`.
    pub category: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Display name by language code (`zh`, `en`).
    pub display: BTreeMap<String, String>,
    /// What it says, in a sentence.
    pub description: Option<String>,
    /// Zone of its calendar; `None` is the cluster's.
    pub timezone: Option<String>,
    /// What happens to people that a run does not mention.
    pub on_missing: OnMissing,
    /// Versions kept, ≥ 1.
    pub history: u32,
}
