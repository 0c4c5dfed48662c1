//! The only place that calls fsync, and the rule about its failure.
//!
//! Owns the seam by which tests watch and fail it. Must not retry: after a failed fsync the
//! kernel may mark the lost pages clean, so a second call would succeed and lie ("Can
//! Applications Recover from fsync Failures?", USENIX ATC 2020).

use std::fmt::Debug;
use std::fs::File;
use std::io;
use std::path::Path;

/// Makes files and directories durable.
pub(super) trait Fsync: Debug + Send + Sync + 'static {
    /// Returns once content and size of `file`, opened from `path`, would survive a power cut.
    fn file(&self, file: &File, path: &Path) -> io::Result<()>;

    /// Returns once the entries of `directory`, opened from `path`, would survive a power cut.
    fn directory(&self, directory: &File, path: &Path) -> io::Result<()>;
}

/// The operating system's fsync.
#[derive(Debug)]
pub(super) struct OsFsync;

impl Fsync for OsFsync {
    fn file(&self, file: &File, _path: &Path) -> io::Result<()> {
        file.sync_all()
    }

    fn directory(&self, directory: &File, _path: &Path) -> io::Result<()> {
        directory.sync_all()
    }
}

/// Ends the process if `outcome`, that of an fsync of `path`, is an error.
pub(super) fn fsync_or_die(outcome: io::Result<()>, path: &Path) {
    if let Err(error) = outcome {
        tracing::error!(
            path = %path.display(),
            error = %error,
            "fsync failed, what was written may be lost: ending the process"
        );
        std::process::abort();
    }
}
