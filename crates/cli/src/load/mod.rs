//! Loading: files become numbered requests of typed rows.
//!
//! Owns reading of files, inference of schemas, the cutting of requests (a function of the file's
//! bytes and of how they are read, so that a broken load goes on where it stopped), sending them.
//! Must not resolve people: rows carry identifiers as text.
//!
//! | step | file |
//! | --- | --- |
//! | first pass: digest, headings, number of rows, guessed types | `scan` |
//! | the table: declared, or made from the guesses | `target`, `schema`, `document` |
//! | which column of the file is which of the table | `plan`, `mapping` |
//! | second pass: rows become chunks | `delimited_chunks`, `parquet_chunks` |
//! | chunks are sent, four at a time, in order | `send` |

mod cell;
mod chunk;
mod column_type;
mod declare;
mod delimited_chunks;
mod delimiter;
mod document;
mod error;
mod fields;
mod guess;
mod heading;
mod load_files;
mod mapping;
mod options;
mod original;
mod parquet_chunks;
mod parquet_column;
mod plan;
mod records;
mod scan;
mod schema;
mod send;
mod source;
mod target;

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod chunk_tests;

pub use self::delimiter::Delimiter;
pub use self::error::LoadError;
pub use self::load_files::{LoadReport, load_files};
pub use self::options::{IdColumn, LoadOptions};
