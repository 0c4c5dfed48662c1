//! A saved segment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tree::Expr;
use crate::schema::Name;

/// A declared segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentDefinition {
    /// Its name.
    pub name: Name,
    /// The expression as its author wrote it.
    pub text: String,
    /// The tree of the text.
    pub expr: Expr,
    /// Display name by language code (`zh`, `en`).
    pub display: BTreeMap<String, String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it says, in a sentence.
    pub description: Option<String>,
    /// Zone of its calendar; `None` is the cluster's.
    pub timezone: Option<String>,
}
