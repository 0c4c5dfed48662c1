//! What can go wrong with a tag section.

use tagma_core::{ErrorKind, ValueType, schema::TagKind};

/// An error of writing or reading a tag section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two values for one person of a single-valued tag.
    #[error("ordinal {ordinal} has two values")]
    DuplicateValue {
        /// The person's ordinal.
        ordinal: u32,
    },
    /// Values do not come in ascending order of ordinals.
    #[error("ordinal {ordinal} comes after ordinal {after}")]
    OutOfOrder {
        /// The ordinal pushed.
        ordinal: u32,
        /// The one pushed before.
        after: u32,
    },
    /// The ordinal is not one of the section's population.
    #[error("ordinal {ordinal} is outside the population of {population}")]
    OutsidePopulation {
        /// The ordinal.
        ordinal: u32,
        /// Ordinals of the section are below this.
        population: u32,
    },
    /// The value is of another type than the tag.
    #[error("ordinal {ordinal} has a {found} value, the tag is {kind}")]
    WrongType {
        /// The person's ordinal.
        ordinal: u32,
        /// The tag's kind.
        kind: TagKind,
        /// The value's type.
        found: ValueType,
    },
    /// The value does not fit the kind: beyond Int64, too many digits, too many after the point.
    #[error("the value of ordinal {ordinal} does not fit {kind}")]
    DoesNotFit {
        /// The person's ordinal.
        ordinal: u32,
        /// The tag's kind.
        kind: TagKind,
    },
    /// The category's texts are more than a section can hold.
    #[error("the texts of the tag exceed {limit_bytes} bytes")]
    DictionaryFull {
        /// The limit.
        limit_bytes: u64,
    },
    /// Bytes are damaged.
    #[error("{object}: {part} is damaged: {what}")]
    Corrupt {
        /// The name that the caller gave the bytes.
        object: String,
        /// Which part: `header`, `directory`, `dictionary` or `chunk N`.
        part: Part,
        /// What is wrong.
        what: &'static str,
    },
    /// The bytes are of another version of the format.
    #[error("{object}: tag section of format version {found}, this build reads {supported}")]
    Incompatible {
        /// The name that the caller gave the bytes.
        object: String,
        /// Version found.
        found: u16,
        /// Version that this build reads.
        supported: u16,
    },
}

/// A part of a section, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first 80 bytes.
    Header,
    /// Entries of the chunks and checksums of the pages.
    Directory,
    /// Texts of a category.
    Dictionary,
    /// Data of a chunk.
    Chunk(u32),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("header"),
            Self::Directory => f.write_str("directory"),
            Self::Dictionary => f.write_str("dictionary"),
            Self::Chunk(chunk) => write!(f, "chunk {chunk}"),
        }
    }
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::DuplicateValue { .. }
            | Self::OutsidePopulation { .. }
            | Self::WrongType { .. }
            | Self::DoesNotFit { .. } => ErrorKind::Invalid,
            Self::OutOfOrder { .. } => ErrorKind::Internal,
            Self::DictionaryFull { .. } => ErrorKind::Exhausted,
            Self::Corrupt { .. } => ErrorKind::Corrupt,
            Self::Incompatible { .. } => ErrorKind::Incompatible,
        }
    }
}
