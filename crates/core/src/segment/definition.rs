//! A saved segment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tree::Expr;
use crate::schema::Name;

/// A named audience: always live, evaluated by its definition at the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentDefinition {
    /// Its name.
    pub name: Name,
    /// The text as written.
    pub text: String,
    /// What the text means.
    pub expr: Expr,
    /// Display name by language code (`zh`, `en`).
    pub display: BTreeMap<String, String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it is for, in a sentence.
    pub description: Option<String>,
    /// Zone of its calendar; `None` is the cluster's.
    pub timezone: Option<String>,
}
