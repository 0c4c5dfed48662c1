//! Durable creation of files: staged, fsynced, renamed, folder fsynced.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::raft::error::{Error, Result};

/// Name of a file that is being written; such files are left-overs at start.
pub(super) const STAGED: &str = "staged";

/// Creates a folder and its parents, durably.
pub(super) fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(Error::io("create the folder", path))?;
    sync_folder(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a whole file under a name that does not exist yet, durably.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let staged = path.with_extension(STAGED);
    let mut file = File::create(&staged).map_err(Error::io("create", &staged))?;
    file.write_all(content)
        .map_err(Error::io("write", &staged))?;
    sync_or_die(file.sync_all(), &staged);
    publish(&staged, path)
}

/// Gives a complete, fsynced file its name, durably.
pub(super) fn publish(staged: &Path, path: &Path) -> Result<()> {
    fs::rename(staged, path).map_err(Error::io("name", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file that nothing needs any more; its absence is fine.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> Result<()> {
    let folder = File::open(path).map_err(Error::io("open the folder", path))?;
    sync_or_die(folder.sync_all(), path);
    Ok(())
}

/// After a failed fsync the kernel may take lost pages for written, so that nothing that this
/// process believes about the file can be trusted: it ends.
pub(super) fn sync_or_die(outcome: io::Result<()>, path: &Path) {
    if let Err(error) = outcome {
        tracing::error!(path = %path.display(), %error, "fsync failed: ending the process");
        std::process::abort();
    }
}
