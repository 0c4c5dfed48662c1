//! The redb file: creation, opening, reading, and one transaction per write.
//!
//! Tables: `entries` (index → framed entry), `record` (0 → the sealed [`Record`]).
//! Must not know openraft's traits.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{
    Builder, Database as Redb, Durability, ReadTransaction, ReadableDatabase, ReadableTable,
    ReadableTableMetadata, TableDefinition, WriteTransaction,
};

use super::record::Record;
use super::{commit_slots, files};
use crate::raft::codec::{decode_entry, encode_entry};
use crate::raft::error::{Error, Result};
use crate::raft::types::RaftEntry;

const ENTRIES: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("entries");
const RECORD: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("record");
const RECORD_KEY: u64 = 0;

/// Bytes of file content that redb keeps in memory.
const CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of entries verified at once.
const VERIFIED_BYTES: usize = 4 * 1024 * 1024;

/// A change of the entries that goes with a change of the record.
pub(super) enum Change {
    /// None.
    Record,
    /// Adds at the end.
    Append(Vec<RaftEntry>),
    /// Removes these indexes.
    Remove(Range<u64>),
}

/// The open file.
pub(super) struct Database {
    path: PathBuf,
    redb: Redb,
}

impl Database {
    /// Opens the file, or creates it with `initial` as its record.
    ///
    /// # Errors
    /// Damaged, of somebody else, in use by another process, or not accessible.
    pub(super) fn open(path: &Path, initial: &Record) -> Result<(Self, Record)> {
        if !path.exists() {
            create(path, initial)?;
        }
        commit_slots::settle(path)?;
        // On a damaged file redb may fail its own assertions instead of returning an error.
        let opened = catch_unwind(AssertUnwindSafe(|| open_checked(path)));
        let redb = opened.map_err(|_| Error::damaged(path, "the database cannot open it"))??;
        let database = Self {
            path: path.into(),
            redb,
        };
        let record = database.checked_record()?;
        if record.owner() != initial.owner() {
            return Err(Error::Foreign {
                path: path.into(),
                found: record.owner(),
                expected: initial.owner(),
            });
        }
        Ok((database, record))
    }

    /// The record, if it fits the entries.
    fn checked_record(&self) -> Result<Record> {
        let read = self.begin_read()?;
        let record = self.record(&read)?;
        let entries = read.open_table(ENTRIES).map_err(self.error("read"))?;
        let present = record.present();
        let count = entries.len().map_err(self.error("read"))?;
        let first = entries
            .first()
            .map_err(self.error("read"))?
            .map(|(key, _)| key.value());
        let fits = count == present.end.saturating_sub(present.start)
            && first == Some(present.start).filter(|_| count > 0);
        if !fits {
            let what = format!("{count} entries from {first:?} where {present:?} are expected");
            return Err(Error::damaged(&self.path, what));
        }
        Ok(record)
    }

    /// Reads the entries of `range` that are present, from its start on, until they have more than
    /// `bytes` bytes (at least one).
    ///
    /// # Errors
    /// Damaged if one is missing, is not the one expected, or does not fit its checksum.
    pub(super) fn entries(&self, range: Range<u64>, bytes: usize) -> Result<Vec<RaftEntry>> {
        let read = self.begin_read()?;
        let present = self.record(&read)?.present();
        let range = range.start.max(present.start)..range.end.min(present.end);
        let table = read.open_table(ENTRIES).map_err(self.error("read"))?;
        let mut entries = Vec::new();
        let mut size = 0;
        for index in range {
            let row = table.get(index).map_err(self.error("read"))?;
            let row = row.ok_or_else(|| {
                Error::damaged(&self.path, format!("log entry {index} is missing"))
            })?;
            entries.push(self.entry(index, row.value())?);
            size += row.value().len();
            if size > bytes {
                break;
            }
        }
        Ok(entries)
    }

    /// Reads every entry once.
    pub(super) fn verify(&self) -> Result<()> {
        let mut next = 0;
        while let Some(last) = self.entries(next..u64::MAX, VERIFIED_BYTES)?.last() {
            next = last.log_id.index + 1;
        }
        Ok(())
    }

    fn entry(&self, index: u64, sealed: &[u8]) -> Result<RaftEntry> {
        let what = || format!("log entry {index}");
        let entry = decode_entry(sealed).map_err(Error::unreadable(&self.path, what()))?;
        if entry.log_id.index != index {
            let what = format!("{} holds entry {}", what(), entry.log_id.index);
            return Err(Error::damaged(&self.path, what));
        }
        Ok(entry)
    }

    /// Changes entries and record in one durable transaction.
    pub(super) fn write(&self, record: &Record, change: &Change) -> Result<()> {
        let mut write = self.redb.begin_write().map_err(self.error("write"))?;
        write
            .set_durability(Durability::Immediate)
            .map_err(self.error("write"))?;
        write.set_two_phase_commit(true);
        put_record(&write, record).map_err(self.error("write"))?;
        self.put_entries(&write, change)?;
        write.commit().map_err(self.error("write"))
    }

    fn put_entries(&self, write: &WriteTransaction, change: &Change) -> Result<()> {
        if matches!(change, Change::Record) {
            return Ok(());
        }
        let mut table = write.open_table(ENTRIES).map_err(self.error("write"))?;
        match change {
            Change::Record => {}
            Change::Append(entries) => {
                for entry in entries {
                    let frame = encode_entry(entry);
                    let key = entry.log_id.index;
                    table
                        .insert(key, frame.as_slice())
                        .map_err(self.error("write"))?;
                }
            }
            Change::Remove(indexes) => {
                table
                    .retain_in(indexes.clone(), |_, _| false)
                    .map_err(self.error("write"))?;
            }
        }
        Ok(())
    }

    fn begin_read(&self) -> Result<ReadTransaction> {
        self.redb.begin_read().map_err(self.error("read"))
    }

    fn record(&self, read: &ReadTransaction) -> Result<Record> {
        let table = read.open_table(RECORD).map_err(self.error("read"))?;
        let row = table.get(RECORD_KEY).map_err(self.error("read"))?;
        let row = row.ok_or_else(|| Error::damaged(&self.path, "its record is missing"))?;
        Record::decode(row.value()).map_err(Error::unreadable(&self.path, "the record"))
    }

    fn error<E: Into<redb::Error>>(&self, doing: &'static str) -> impl FnOnce(E) -> Error {
        Error::log(doing, &self.path)
    }
}

/// Creates the file complete or not at all: a crash leaves only a staged one.
fn create(path: &Path, initial: &Record) -> Result<()> {
    let staged = path.with_extension(files::STAGED);
    files::remove(&staged)?;
    let redb = Redb::create(&staged).map_err(Error::log("create", &staged))?;
    let write = redb.begin_write().map_err(Error::log("create", &staged))?;
    put_record(&write, initial).map_err(Error::log("create", &staged))?;
    write
        .open_table(ENTRIES)
        .map_err(Error::log("create", &staged))?;
    write.commit().map_err(Error::log("create", &staged))?;
    redb.close().map_err(Error::log("create", &staged))?;
    files::publish(&staged, path)
}

/// Opens and verifies every page.
fn open_checked(path: &Path) -> Result<Redb> {
    let mut builder = Builder::new();
    builder
        .set_cache_size(CACHE_BYTES)
        .set_check_integrity_on_open(true);
    builder.open(path).map_err(Error::log("open", path))
}

fn put_record(write: &WriteTransaction, record: &Record) -> std::result::Result<(), redb::Error> {
    let mut table = write.open_table(RECORD)?;
    table.insert(RECORD_KEY, record.encode().as_slice())?;
    Ok(())
}
