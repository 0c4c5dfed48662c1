//! What the binder asks: which tags and segments exist at the index.

use crate::segment::{plan::TagSlot, tree::Expr};

/// A saved segment as the binder needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSegment {
    /// Its tree.
    pub expr: Expr,
    /// Zone of its calendar. `None`: the zone that the outermost expression was bound with; a scope
    /// that knows the cluster's zone fills it in here.
    pub zone: Option<String>,
}

/// Names at one index. Names are asked for folded to lower case.
pub trait Scope {
    /// The tag of that name, else the one whose display name it uniquely is.
    fn tag(&self, name: &str) -> Option<TagSlot>;
    /// All tag names, for hints.
    fn tag_names(&self) -> Vec<String>;
    /// The saved segment of that name.
    fn segment(&self, name: &str) -> Option<SavedSegment>;
    /// All segment names, for hints.
    fn segment_names(&self) -> Vec<String>;
}
