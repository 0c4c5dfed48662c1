//! Text files: delimited lines in every dress.
//!
//! Owns what a line is, quotes, escapes, fields, headings. Bytes come in as UTF-8: compression and
//! encodings are the business of `source`.

mod chunks;
mod delimiter;
mod dialect;
mod fields;
mod reader;
mod records;
mod rules;
mod scan;
mod wrong_text;

pub(crate) use self::chunks::TextChunks;
pub use self::delimiter::Delimiter;
pub(crate) use self::dialect::Dialect;
pub(crate) use self::reader::{TextReader, fields_of, row_text};
pub(crate) use self::records::{RECORD_BYTES_MAX, RawRecord, RecordError, Records};
pub(crate) use self::rules::TextRules;
pub(crate) use self::scan::scan_text;
pub(crate) use self::wrong_text::{NotText, text_of};
