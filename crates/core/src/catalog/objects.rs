//! References to immutable objects and sections of them.

use serde::{Deserialize, Serialize};

use crate::id::LogIndex;

/// A whole object in the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Its key.
    pub key: String,
    /// Its size.
    pub bytes: u64,
}

/// A checksummed part of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SectionRef {
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// CRC-32C of the bytes.
    pub crc32c: u32,
}

/// A shard's state as of an index: which runs, which people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ManifestRef {
    /// The manifest object.
    pub object: ObjectRef,
    /// Everything up to here is in the manifest.
    pub flushed: LogIndex,
}

/// A published identity checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointRef {
    /// The object that lists the map files.
    pub object: ObjectRef,
    /// Everything up to here is in the files.
    pub index: LogIndex,
}
