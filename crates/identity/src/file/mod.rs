//! Map files: a checkpoint of the identity map on disk, and the key file.
//!
//! Owns the format (`docs/formats/identity-map.md`), writing it durably, mapping it into memory
//! and the checksum of every page that is touched. Must not trust a byte that it has not verified.

mod checkpoint;
mod checksum;
mod error;
mod files;
mod footer;
mod forward;
mod key_file;
mod mapping;
mod pages;
mod reverse;
mod state;
mod transfer;
mod write;
mod writer;

pub use self::checkpoint::Checkpoint;
pub use self::error::Error;
pub use self::files::{CheckpointFile, CheckpointFiles, remove_others, verify_files};
pub use self::key_file::{KeyFileError, create_key_file, load_key_file};
pub use self::transfer::{read_map_file, receive_file};
pub use self::write::write_checkpoint;

#[cfg(test)]
mod tests;
