//! Where rows come from: files, directories and patterns; compression; encodings.
//!
//! Owns everything between a path and UTF-8 text. Must not know lines or columns.

mod bytes;
mod expand;
mod file;
mod format;
mod text_input;
mod transcoder;

pub(crate) use self::bytes::{Digest, open_bytes};
pub(crate) use self::expand::{Expanded, expand};
pub(crate) use self::file::Source;
pub use self::format::Format;
pub(crate) use self::text_input::open_text;
