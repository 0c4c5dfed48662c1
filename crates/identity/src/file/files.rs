//! `CheckpointFiles`: the list of files that make one checkpoint; what the catalog publishes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tagma_core::LogIndex;

use super::Error;
use super::writer::{TEMPORARY, sync_directory};
use crate::key::KeyFingerprint;

/// What every file of a checkpoint starts with.
pub(super) const PREFIX: &str = "identity-";
/// What every file of a checkpoint ends with.
pub(super) const SUFFIX: &str = ".tgm";

/// One file of a checkpoint: enough to copy it byte for byte and to know that it arrived whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointFile {
    /// Name within the directory, the same on every node.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// CRC-32C of all its bytes.
    pub crc32c: u32,
}

/// A checkpoint of the identity map at an index.
///
/// Two nodes whose maps are equal at the index write the same partitions with the same entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointFiles {
    /// All entries up to here are in it.
    pub index: LogIndex,
    /// Key that its hashes were made with.
    pub fingerprint: KeyFingerprint,
    /// Forward files by partition, reverse files by range, the state file.
    pub files: Vec<CheckpointFile>,
    /// Identifiers in it.
    pub identifiers: u64,
    /// People at the index: created and not merged into another one.
    pub people: u64,
    /// People ever created up to the index.
    pub creation_count: u64,
}

/// Whether a name can be a map file: a name from elsewhere never leaves the directory.
pub(super) fn is_map_file(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .is_some_and(|middle| middle.bytes().all(fits))
}

/// Reads all files of a checkpoint in `dir` and compares sizes and checksums: after a download.
///
/// # Errors
/// [`Error::Corrupt`] naming the first file that differs, [`Error::Io`].
pub fn verify_files(dir: &Path, files: &CheckpointFiles) -> Result<(), Error> {
    let mut buffer = vec![0; 1 << 20];
    for file in &files.files {
        if !is_map_file(&file.name) {
            return Err(Error::corrupt(&file.name, "not the name of a map file"));
        }
        let mut source =
            File::open(dir.join(&file.name)).map_err(Error::io(&file.name, "opening"))?;
        let (mut bytes, mut crc32c) = (0u64, 0u32);
        loop {
            let read = source
                .read(&mut buffer)
                .map_err(Error::io(&file.name, "reading"))?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            crc32c = crc32c::crc32c_append(crc32c, &buffer[..read]);
        }
        if (bytes, crc32c) != (file.bytes, file.crc32c) {
            return Err(Error::corrupt(
                &file.name,
                "not the bytes that were written",
            ));
        }
    }
    Ok(())
}

/// Removes map files in `dir` that belong to none of `keep`, unfinished ones included.
///
/// Must not run beside [`super::write_checkpoint`] into the same directory. Open checkpoints stay
/// readable: their files are mapped.
///
/// # Errors
/// [`Error::Io`]; what was removed until then is gone.
pub fn remove_others(dir: &Path, keep: &[&CheckpointFiles]) -> Result<(), Error> {
    let kept: BTreeSet<&str> = keep
        .iter()
        .flat_map(|files| files.files.iter().map(|file| file.name.as_str()))
        .collect();
    let directory = dir.display().to_string();
    let listing = fs::read_dir(dir).map_err(Error::io(&directory, "listing"))?;
    for entry in listing {
        let entry = entry.map_err(Error::io(&directory, "listing"))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let complete = name.strip_suffix(TEMPORARY).unwrap_or(&name);
        if is_map_file(complete) && !kept.contains(name.as_str()) {
            fs::remove_file(entry.path()).map_err(Error::io(&name, "removing"))?;
        }
    }
    sync_directory(dir)
}
