//! NDJSON: one object a line.
//!
//! Owns objects, nested ones flattened (`a.b` is column `a_b`); numbers keep every digit. Lines
//! come from `text`.

mod chunks;
mod keys;
mod members;
mod object;
mod scan;

pub(crate) use self::chunks::JsonChunks;
pub(crate) use self::scan::scan_json;
