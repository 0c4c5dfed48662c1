//! Documents: identifier types, tables, tags and segments as YAML, several to a file.
//!
//! Owns the words of the documents and their errors: file, document, line, and what to write
//! instead. Needs no catalog: whether the names in them exist is decided where they are applied.

mod error;
mod fields;
mod identifier;
mod limit;
mod read;
mod segment;
mod table;
mod tag;
mod types;
mod yaml;

pub use self::error::{DocumentError, Fault};
pub use self::identifier::IdentifierSpec;
pub use self::read::{Document, parse_documents};

#[cfg(test)]
mod tests;
