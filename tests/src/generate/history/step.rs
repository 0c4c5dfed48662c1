//! What is done to a Tagma, step by step.

use tagma_core::{AsOf, LogIndex, schema::Name};

use super::rows::Row;

/// How rows come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The API, a write after the other is acknowledged.
    OneByOne,
    /// The API, all writes on their way at once: any of them may share a batch.
    AtOnce,
    /// A Parquet file with `tagma load`.
    Parquet,
    /// A CSV file with `tagma load`.
    Csv,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Index in the world of its first change. A load has one per write, others have one.
    pub first: LogIndex,
    /// What is done.
    pub change: Change,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Change {
    /// Definitions are taken: YAML documents.
    Define(String),
    /// Rows come into a table.
    Load {
        /// Position of the table.
        table: usize,
        /// How.
        way: Way,
        /// Rows of each write; files have one.
        writes: Vec<Vec<Row>>,
    },
    /// Tags are computed and published.
    Run {
        /// Which.
        tags: Vec<Name>,
        /// What `now()` means.
        as_of: AsOf,
    },
    /// A segment is deleted.
    Delete(Name),
    /// The values of the version before a tag's newest become its newest.
    RollBack(Name),
}

impl Step {
    /// Index in the world of its last change.
    pub fn last(&self) -> LogIndex {
        let changes = match &self.change {
            Change::Load { writes, .. } => writes.len() as u64,
            _ => 1,
        };
        LogIndex(self.first.0 + changes - 1)
    }
}
