//! What loading says: while it goes on, and at its end.

use serde::Serialize;

use crate::failure::Failure;

/// What a load did. Field names are a promise to scripts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadReport {
    /// The file as it was named.
    pub file: String,
    /// The table.
    pub table: String,
    /// Rows in the table.
    pub rows: u64,
    /// Rows in the dead letters.
    pub rejected: u64,
    /// People created.
    pub created: u64,
    /// Index from which all rows are readable.
    pub index: u64,
    /// Whether the file had been loaded before: nothing was changed.
    pub already_loaded: bool,
    /// From the first look to the last row being readable.
    pub seconds: f64,
}

/// A file that was not loaded. Field names are a promise to scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotLoaded {
    /// The file as it was named.
    pub file: String,
    /// Kind of the error.
    pub kind: &'static str,
    /// What, where, and what to do.
    pub message: String,
    #[serde(skip)]
    pub(crate) failure: Failure,
}

impl NotLoaded {
    pub(crate) fn new(file: String, failure: Failure) -> Self {
        Self {
            file,
            kind: failure.kind().name(),
            message: failure.to_string(),
            failure,
        }
    }
}

/// What became of all files, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// Those that are in the table.
    pub loads: Vec<LoadReport>,
    /// Those that are not.
    pub failed: Vec<NotLoaded>,
}

/// What is told while files are loaded.
#[derive(Debug)]
pub enum Told<'a> {
    /// A remark about a file.
    Note(&'a str),
    /// A file is loaded and readable.
    Loaded(&'a LoadReport),
    /// A file is not loaded, and others go on.
    Failed(&'a NotLoaded),
}
