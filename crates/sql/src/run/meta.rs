//! `RunMeta`: what a shard manifest says about a run.
//!
//! Owns the reference to the bytes and the bounds by which readers skip them. Must not hold
//! anything whose size grows with the rows: block checksums live in the object (see the layout
//! in [`super`]).

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tagma_core::schema::Column;

/// The calendar month (UTC) of a run's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Partition {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
}

/// Smallest and greatest value of a column, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The smallest.
    pub min: i64,
    /// The greatest.
    pub max: i64,
}

impl Bounds {
    /// The bounds that contain both.
    pub fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }
}

/// One section: a complete Parquet file within the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionMeta {
    /// The event of all its rows; `None`: mixed, and never an event that has its own section.
    pub event: Option<String>,
    /// Where it starts, in bytes from the start of the run.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Its rows.
    pub rows: u64,
    /// Bounds of `oneid`.
    pub oneid: Bounds,
    /// Bounds of the declared time: microseconds, or days where it is a date. `None` where the
    /// table has no time or no row has one.
    pub time: Option<Bounds>,
    /// Bounds of `_seq`.
    pub seq: Bounds,
    /// Bounds of `_from`; `None` where all are null.
    pub from: Option<Bounds>,
}

/// One run: an immutable part of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMeta {
    /// Key of the object.
    pub key: String,
    /// Where the run starts in the object: 0 unless it is framed or packed with others.
    pub offset: u64,
    /// Its length in bytes, checksums included.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Level of compaction, 0 for a flush.
    pub level: u8,
    /// Its time partition; `None` where the table has one partition.
    pub partition: Option<Partition>,
    /// Length in bytes of the sections: the checksums start here.
    pub data_bytes: u64,
    /// CRC-32C of the checksums.
    pub checks_crc: u32,
    /// Its sections, in the order of their offsets.
    pub sections: Vec<SectionMeta>,
    /// The columns of decimals that it was written with: types of columns may have become wider
    /// since a reader's index, and a decimal is all that a type may become.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decimals: Vec<Column>,
}

impl RunMeta {
    /// Bounds of `_seq` over all sections; `None` for a run without rows.
    pub fn seq(&self) -> Option<Bounds> {
        self.sections.iter().map(|s| s.seq).reduce(Bounds::union)
    }

    /// Where the checksums lie, in bytes from the start of the run.
    pub(crate) fn checks(&self) -> Range<u64> {
        self.data_bytes..self.bytes
    }
}
