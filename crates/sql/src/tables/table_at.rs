//! `TableAt`: the rows of one table of one shard, and the index at which they are read.

use std::sync::Arc;

use arrow::array::RecordBatch;
use tagma_core::LogIndex;
use tagma_core::id::RowSeq;
use tagma_core::schema::TableSchema;
use tagma_core::time::Zone;

use super::departed::Departed;
use crate::run::{RunMeta, SectionMeta};

/// A table of a shard as of an index: what a worker hands over, immutable and cheap to clone.
///
/// Hot rows and runs may hold rows that are newer than the index; no row may be in two of them.
#[derive(Debug, Clone)]
pub struct TableAt {
    /// The table.
    pub schema: Arc<TableSchema>,
    /// The zone in which a date of the time column becomes an instant.
    pub zone: Zone,
    /// Rows with a greater arrival, or visible from a greater index, do not exist.
    pub index: LogIndex,
    /// Rows in memory, in any order, with the columns of `stored_schema`.
    pub hot: Vec<RecordBatch>,
    /// Flushed runs.
    pub runs: Vec<Arc<RunMeta>>,
    /// Rows that are elsewhere from some index on.
    pub departed: Arc<Departed>,
}

impl TableAt {
    /// The schema by which all stored rows can be read: as wide as the widest run.
    pub(super) fn reading_schema(&self) -> TableSchema {
        let stored = self.runs.iter().flat_map(|run| &run.decimals);
        self.schema.widened_by(stored)
    }

    /// The first `_seq` that is not visible.
    pub(super) fn end(&self) -> RowSeq {
        RowSeq::end_of(self.index)
    }

    /// The greatest `_from` that is visible.
    pub(super) fn last_from(&self) -> i64 {
        self.index.0.cast_signed()
    }

    /// Whether a section may hold a visible row.
    pub(super) fn may_show(&self, section: &SectionMeta) -> bool {
        section.seq.min < self.end().0
    }

    /// Whether every row of a section is visible.
    pub(super) fn shows_all(&self, section: &SectionMeta) -> bool {
        section.seq.max < self.end().0
            && section.from.is_none_or(|from| from.max <= self.last_from())
    }
}
