//! Carrying a checkpoint to another node: whole files as bytes, durable and checked on arrival.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::files::is_map_file;
use super::writer::{TEMPORARY, sync_directory};
use super::{CheckpointFile, Error};

/// All bytes of one map file in `dir`, for an upload; at most about 50 MiB.
///
/// # Errors
/// [`Error::Corrupt`] for a name that is not a map file's, [`Error::Io`].
pub fn read_map_file(dir: &Path, name: &str) -> Result<Vec<u8>, Error> {
    check_name(name)?;
    fs::read(dir.join(name)).map_err(Error::io(name, "reading"))
}

/// Writes a downloaded map file into `dir`: checked against its list entry, fsynced, then named.
///
/// # Errors
/// [`Error::Corrupt`] where name, size or checksum are not those of `file`, [`Error::Io`].
pub fn receive_file(dir: &Path, file: &CheckpointFile, bytes: &[u8]) -> Result<(), Error> {
    let name = &file.name;
    check_name(name)?;
    if (bytes.len() as u64, crc32c::crc32c(bytes)) != (file.bytes, file.crc32c) {
        return Err(Error::corrupt(name, "not the bytes that were written"));
    }
    fs::create_dir_all(dir).map_err(Error::io(name, "creating the directory of"))?;
    let temporary = dir.join(format!("{name}{TEMPORARY}"));
    File::create(&temporary)
        .and_then(|mut target| {
            target.write_all(bytes)?;
            target.sync_all()
        })
        .map_err(Error::io(name, "writing"))?;
    fs::rename(temporary, dir.join(name)).map_err(Error::io(name, "renaming"))?;
    sync_directory(dir)
}

fn check_name(name: &str) -> Result<(), Error> {
    if is_map_file(name) {
        return Ok(());
    }
    Err(Error::corrupt(name, "not the name of a map file"))
}
