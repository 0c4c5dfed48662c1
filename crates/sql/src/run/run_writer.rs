//! Puts sections and checksums together into one run.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use tagma_core::schema::{ColumnType, TableSchema};

use super::checks::block_checks;
use super::error::Error;
use super::meta::{Partition, RunMeta};
use super::section_writer::SectionWriter;
use super::split::{events, split};

/// What the caller decides about a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Key of the object that it will be put under.
    pub key: String,
    /// Level of compaction, 0 for a flush.
    pub level: u8,
    /// Its time partition.
    pub partition: Option<Partition>,
    /// Rows of one event that earn a section of their own: `limits::SECTION_ROWS`, fewer in
    /// tests.
    pub section_rows: usize,
}

/// A run ready to be put.
#[derive(Debug, Clone)]
pub struct EncodedRun {
    /// The bytes to put under `meta.key` (at `meta.offset`, which is 0 here: whoever frames or
    /// packs runs sets it).
    pub bytes: Vec<u8>,
    /// What the manifest keeps.
    pub meta: RunMeta,
}

/// A run being written: rows come in the order of the table.
pub(super) struct RunWriter<'a> {
    table: &'a TableSchema,
    pure: BTreeSet<String>,
    sections: BTreeMap<Option<String>, SectionWriter>,
}

impl<'a> RunWriter<'a> {
    pub(super) fn new(table: &'a TableSchema, pure: BTreeSet<String>) -> Self {
        Self {
            table,
            pure,
            sections: BTreeMap::new(),
        }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let events = events(self.table, batch)?;
        for (event, rows) in split(batch, events, &self.pure)? {
            if rows.num_rows() == 0 {
                continue;
            }
            if !self.sections.contains_key(&event) {
                let writer = SectionWriter::new(self.table, event.clone())?;
                self.sections.insert(event.clone(), writer);
            }
            if let Some(section) = self.sections.get_mut(&event) {
                section.write(self.table, &rows)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, options: &RunOptions) -> Result<EncodedRun, Error> {
        let mut bytes = Vec::new();
        let mut sections = Vec::with_capacity(self.sections.len());
        for writer in self.sections.into_values() {
            let (section, mut meta) = writer.finish()?;
            meta.offset = bytes.len() as u64;
            bytes.extend_from_slice(&section);
            sections.push(meta);
        }
        let data_bytes = bytes.len() as u64;
        let checks = block_checks(&bytes);
        bytes.extend_from_slice(&checks);
        let columns = self.table.columns.iter();
        let decimals =
            columns.filter(|column| matches!(column.column_type, ColumnType::Decimal { .. }));
        let meta = RunMeta {
            key: options.key.clone(),
            offset: 0,
            bytes: bytes.len() as u64,
            rows: sections.iter().map(|s| s.rows).sum(),
            level: options.level,
            partition: options.partition,
            data_bytes,
            checks_crc: crc32c::crc32c(&checks),
            sections,
            decimals: decimals.cloned().collect(),
        };
        Ok(EncodedRun { bytes, meta })
    }
}
