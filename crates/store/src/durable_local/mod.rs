//! A directory as an object store whose writes survive a power cut once they are answered.
//!
//! Owns the protocol of every write, which is the reason why this exists beside
//! `object_store::local::LocalFileSystem` (that one never calls fsync in the version in use):
//!
//! 1. the directories of the destination are created, and each directory that got an entry is
//!    fsynced, from the root down, the first time that this handle uses them;
//! 2. the payload is written to a file of its own under `.staging/`, on the same file system;
//! 3. that file is fsynced;
//! 4. it is hard-linked (create-only) or renamed (overwrite) to its destination;
//! 5. the directory of the destination is fsynced, and only then the put is answered.
//!
//! A destination found taken is fsynced in its directory before "exists" is answered, so that a
//! caller who recognises its own object may rely on it. Any failed fsync ends the process, since
//! afterwards the kernel may report lost pages as clean; all other errors are ordinary ones and
//! leave the destination untouched.
//!
//! `.staging/` belongs to this module: it never shows in lists, cannot be addressed, and what
//! dead processes left there is removed at open. Several processes may share one directory.
//! Works on Unix. Must not interpret object contents.

mod directories;
mod error;
mod fsync;
mod local;
mod publish;
mod staging;
mod upload;
mod volume;

pub use local::DurableLocal;

#[cfg(test)]
mod die_tests;
#[cfg(test)]
mod power_cut_tests;
#[cfg(test)]
mod tests;
