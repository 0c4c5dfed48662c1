//! `write_checkpoint`: base and runs of a map → the files of its next checkpoint.
//!
//! Both directions are sorted streams already, so writing is one merge each: memory stays at a few
//! pages and one bucket directory, whatever the size of the map.

use std::fs;
use std::path::Path;

use super::forward::ForwardWriter;
use super::reverse::ReverseWriter;
use super::writer::sync_directory;
use super::{CheckpointFiles, Error, state};
use crate::map::IdentityMap;
use crate::table::{MergeEntries, MergeLinks};

/// Identifiers per forward file, at most.
const IDENTIFIERS_PER_PARTITION: u64 = 1 << 20;

/// Writes what `map` has committed into new files in `dir`, fsynced, at the map's index.
///
/// Staged layers are left out. Files get their names when they are complete; a crash leaves
/// temporary ones, which [`super::remove_others`] takes away. One writer per directory at a time.
///
/// # Errors
/// [`Error::Io`], or [`Error::Corrupt`] where the map's own checkpoint is damaged.
pub fn write_checkpoint(dir: &Path, map: &IdentityMap) -> Result<CheckpointFiles, Error> {
    let name = dir.display().to_string();
    fs::create_dir_all(dir).map_err(Error::io(&name, "creating"))?;
    let base = map.base();
    let in_base = base.map_or(0, |base| base.files().identifiers);
    let identifiers = in_base + map.len_in_memory() as u64;
    let mut files = write_forward(dir, map, identifiers)?;
    files.extend(write_reverse(dir, map)?);
    let (order, forest, _) = map.committed_state();
    let state = state::write(dir, map)?;
    files.push(state);
    sync_directory(dir)?;
    Ok(CheckpointFiles {
        index: map.index(),
        fingerprint: map.fingerprint(),
        files,
        identifiers,
        people: order.count().saturating_sub(forest.merged() as u64),
        creation_count: order.count(),
    })
}

fn write_forward(
    dir: &Path,
    map: &IdentityMap,
    identifiers: u64,
) -> Result<Vec<super::CheckpointFile>, Error> {
    let partitions = identifiers.div_ceil(IDENTIFIERS_PER_PARTITION).max(1);
    let bits = partitions.next_power_of_two().ilog2();
    let mut writer = ForwardWriter::new(dir, map.index(), map.fingerprint(), bits)?;
    let mut sources: Vec<Box<dyn Iterator<Item = _>>> = Vec::new();
    if let Some(base) = map.base() {
        sources.push(Box::new(base.entries()));
    }
    for table in map.run_tables() {
        sources.push(Box::new(table.entries().iter().copied().map(Ok)));
    }
    for entry in MergeEntries::<Error>::new(sources) {
        writer.push(&entry?)?;
    }
    writer.finish()
}

fn write_reverse(dir: &Path, map: &IdentityMap) -> Result<Vec<super::CheckpointFile>, Error> {
    let mut writer = ReverseWriter::new(dir, map.index(), map.fingerprint());
    let mut sources: Vec<Box<dyn Iterator<Item = _>>> = Vec::new();
    if let Some(base) = map.base() {
        sources.push(Box::new(base.links()));
    }
    for table in map.run_tables() {
        sources.push(Box::new(table.links().iter().copied().map(Ok)));
    }
    for link in MergeLinks::<Error>::new(sources) {
        writer.push(link?)?;
    }
    writer.finish()
}
