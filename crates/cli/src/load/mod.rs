//! Loading: files become numbered requests of typed rows.
//!
//! Owns reading of files, inference of schemas, the cutting of requests (a function of the file's
//! bytes and of how they are read, so that a broken load goes on where it stopped), sending them.
//! Must not resolve people: rows carry identifiers as text.
//!
//! | step | where |
//! | --- | --- |
//! | arguments become files, files become text | `source` |
//! | first pass: digest, columns, rows, guessed types | `scan`; `text`, `json`, `parquet` |
//! | the table: declared, or made from the guesses | `target`, `schema`, `document` |
//! | which column of the file is which of the table | `plan`, `mapping` |
//! | second pass: rows become chunks | `rows`, `chunk`; `text`, `json`, `parquet` |
//! | chunks are sent, four at a time, in order | `send` |

mod cell;
mod chunk;
mod column_type;
mod declare;
mod document;
mod error;
mod guess;
mod heading;
mod json;
mod load_files;
mod mapping;
mod one_file;
mod options;
mod parquet;
mod plan;
mod report;
mod rows;
mod scan;
mod schema;
mod send;
mod source;
mod target;
mod text;

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod chunk_tests;
#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod testing;

pub use self::error::LoadError;
pub use self::load_files::{Session, load_files};
pub use self::options::{IdColumn, LoadOptions, TextOptions, TypedColumn};
pub use self::report::{LoadReport, Loaded, NotLoaded, Told};
pub use self::source::Format;
pub use self::text::Delimiter;
