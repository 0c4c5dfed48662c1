//! How one text file is read.

use encoding_rs::Encoding;
use tagma_core::schema::Name;

use super::Dialect;

/// The flags for text files, resolved for one of them.
#[derive(Debug, Clone)]
pub(crate) struct TextRules {
    pub(crate) dialect: Dialect,
    /// `None`: as a byte order mark says, else UTF-8.
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) has_heading: bool,
    /// Names instead of the heading's; empty: those.
    pub(crate) columns: Vec<Name>,
    pub(crate) skip_rows: u64,
    pub(crate) decimal_comma: bool,
}

impl TextRules {
    /// The same for a file of one JSON object a line.
    pub(crate) fn for_json(&self) -> Self {
        Self {
            dialect: Dialect::whole_lines(),
            encoding: self.encoding,
            has_heading: false,
            columns: Vec::new(),
            skip_rows: self.skip_rows,
            decimal_comma: false,
        }
    }
}
