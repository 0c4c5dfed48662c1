//! What a framed object is for: a number in its header, compared when it is read.
//!
//! Owns the numbers, which are persisted: add to them, never change one.

use std::fmt;

/// Kind of a stored object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum ObjectKind {
    /// One batch of the journal: a section per shard.
    Journal = 1,
    /// Tag sections of one shard, or several small runs.
    Pack = 2,
    /// The sections of one published tag version.
    TagManifest = 3,
    /// The runs and live state of one shard.
    ShardManifest = 4,
    /// Flushed or compacted rows of one shard and table.
    Run = 5,
    /// One file of the identity map.
    IdentityMap = 6,
    /// The files that make up an identity map at one index.
    IdentityCheckpoint = 7,
    /// The catalog at one index.
    CatalogSnapshot = 8,
}

impl ObjectKind {
    /// All kinds, by number.
    pub const ALL: [Self; 8] = [
        Self::Journal,
        Self::Pack,
        Self::TagManifest,
        Self::ShardManifest,
        Self::Run,
        Self::IdentityMap,
        Self::IdentityCheckpoint,
        Self::CatalogSnapshot,
    ];

    /// The number in the header.
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The kind with this number, if this build knows it.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The stable name in messages and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::Pack => "pack",
            Self::TagManifest => "tag manifest",
            Self::ShardManifest => "shard manifest",
            Self::Run => "run",
            Self::IdentityMap => "identity map",
            Self::IdentityCheckpoint => "identity checkpoint",
            Self::CatalogSnapshot => "catalog snapshot",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_on_disk() {
        let numbers: Vec<u16> = ObjectKind::ALL.iter().map(|kind| kind.number()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
        for kind in ObjectKind::ALL {
            assert_eq!(ObjectKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(ObjectKind::from_number(0), None);
        assert_eq!(ObjectKind::from_number(9), None);
    }
}
