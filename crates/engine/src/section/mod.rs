//! Tag sections: the values of one tag version in one shard, immutable and checksummed.
//!
//! [`SectionBuilder`] writes one from values in ordinal order, [`TagSection`] reads one in place.
//! The byte layout stands in `docs/formats/tag-section.md`; framing several sections into one
//! object is the store's business.

mod builder;
mod chunk_writer;
mod codes;
mod column;
mod dictionary;
mod directory;
mod error;
mod format;
mod kind;
mod parts;
mod reader;
mod stats;
#[cfg(test)]
mod tests;
mod value_index;

pub use builder::{EncodedSection, SectionBuilder};
pub use codes::Codes;
pub use column::{Column, ColumnData};
pub use dictionary::Dictionary;
pub use error::{Error, Part};
pub use format::{FORMAT_VERSION, MAGIC};
pub use reader::{ChunkBounds, TagSection};
pub use stats::{SectionStats, TOP_VALUES_MAX};
pub use value_index::ValueIndex;
