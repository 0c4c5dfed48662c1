//! The writing steps: put, copy, delete, each durable when it returns.
//!
//! Owns their order, which is what makes them safe; the module docs give the reasons. Blocks, so
//! it runs on blocking threads only. Directories are opened before the step that they must
//! witness: after that step nothing but an fsync may fail.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

use object_store::{CopyMode, PutPayload, PutResult};

use super::directories::Directory;
use super::error::{lookup, step, taken};
use super::fsync::fsync_or_die;
use super::staging::Stage;
use super::volume::Volume;
use crate::crash::crash_point;

/// Whether a taken destination is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// An existing object is an error.
    Create,
    /// An existing object is replaced.
    Overwrite,
}

impl From<CopyMode> for Mode {
    fn from(mode: CopyMode) -> Self {
        match mode {
            CopyMode::Create => Self::Create,
            CopyMode::Overwrite => Self::Overwrite,
        }
    }
}

/// Puts `payload` at `destination`.
pub(super) fn put(
    volume: &Volume,
    destination: &Path,
    payload: &PutPayload,
    mode: Mode,
) -> object_store::Result<PutResult> {
    crash_point("put.before_stage");
    let mut stage = volume.staging.stage()?;
    stage.write(payload.iter())?;
    crash_point("put.after_stage");
    publish(volume, stage, destination, mode)
}

/// Moves a completely written stage to `destination`.
pub(super) fn publish(
    volume: &Volume,
    stage: Stage,
    destination: &Path,
    mode: Mode,
) -> object_store::Result<PutResult> {
    let parent = volume.directories.parent_of(destination)?;
    let staged = stage.path.as_path();
    let metadata = stage.file.metadata().map_err(step("examine", staged))?;
    fsync_or_die(volume.fsync.file(&stage.file, staged), staged);
    crash_point("put.after_fsync");
    place(staged, destination, &parent, mode)?;
    Ok(PutResult {
        e_tag: Some(e_tag(&metadata)),
        version: None,
    })
}

/// Gives the durable file `staged` its final name and makes that name durable.
fn place(
    staged: &Path,
    destination: &Path,
    parent: &Directory<'_>,
    mode: Mode,
) -> object_store::Result<()> {
    let outcome = match mode {
        Mode::Create => fs::hard_link(staged, destination),
        Mode::Overwrite => fs::rename(staged, destination),
    };
    if let Err(error) = outcome {
        if error.kind() == io::ErrorKind::AlreadyExists {
            // Whoever is told "exists" may find the object to be its own and rely on it, while
            // the thread that linked it has not come to its fsync yet.
            parent.sync();
            return Err(taken(destination, error));
        }
        return Err(step("create", destination)(error));
    }
    crash_point("put.after_link");
    parent.sync();
    crash_point("put.after_dir_fsync");
    Ok(())
}

/// Copies the object in file `from` to `destination`.
///
/// Both then share their bytes, which are never written again and were fsynced before they got
/// their first name.
pub(super) fn copy(
    volume: &Volume,
    from: &Path,
    destination: &Path,
    mode: Mode,
) -> object_store::Result<()> {
    let parent = volume.directories.parent_of(destination)?;
    let staged = volume.staging.link(from)?;
    place(staged.as_path(), destination, &parent, mode)
}

/// Deletes the object in `file`.
pub(super) fn delete(volume: &Volume, file: &Path) -> object_store::Result<()> {
    let parent = volume.directories.existing_parent_of(file)?;
    fs::remove_file(file).map_err(lookup("delete", file))?;
    parent.sync();
    Ok(())
}

/// The entity tag of a file, as `object_store` computes it when it reads one: inode, time of the
/// last change in microseconds, size.
fn e_tag(metadata: &Metadata) -> String {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok())
        .unwrap_or_default()
        .as_micros();
    format!("{:x}-{modified:x}-{:x}", metadata.ino(), metadata.len())
}
