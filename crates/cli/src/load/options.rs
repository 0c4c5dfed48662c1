//! How files are to be loaded.

use std::str::FromStr;

use tagma_core::schema::{Name, TableKind};

use super::Delimiter;

/// An identifier type and the column that holds it: `--id TYPE[=COLUMN]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdColumn {
    /// The identifier type.
    pub identifier: Name,
    /// The column.
    pub column: Name,
}

impl FromStr for IdColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (identifier, column) = text.split_once('=').unwrap_or((text, text));
        let name = |text: &str| Name::new(text.trim()).map_err(|error| error.to_string());
        Ok(Self {
            identifier: name(identifier)?,
            column: name(column)?,
        })
    }
}

/// How files become rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOptions {
    /// The table.
    pub table: Name,
    /// Its kind: to make it (events unless said otherwise), or to be sure.
    pub kind: Option<TableKind>,
    /// Identifier columns, strongest first.
    pub ids: Vec<IdColumn>,
    /// Whether identifier columns also stay in a table that is made.
    pub keep_ids: bool,
    /// The column that is also `ts`.
    pub time: Option<Name>,
    /// The column that is also `event`.
    pub event: Option<Name>,
    /// IANA zone of timestamps without offset, for a table that is made.
    pub timezone: Option<String>,
    /// Text that means null.
    pub null: String,
    /// Delimiter of text files.
    pub delimiter: Delimiter,
    /// Whether to make the table where it does not exist.
    pub create: bool,
}

impl LoadOptions {
    /// Options that only name the table.
    pub fn new(table: Name) -> Self {
        Self {
            table,
            kind: None,
            ids: Vec::new(),
            keep_ids: false,
            time: None,
            event: None,
            timezone: None,
            null: String::new(),
            delimiter: Delimiter::default(),
            create: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_of_an_identifier_is_named_like_it_unless_said_otherwise() {
        let id: IdColumn = "Phone=Mobile".parse().expect("fits");
        assert_eq!(
            (id.identifier.as_str(), id.column.as_str()),
            ("phone", "mobile")
        );
        let id: IdColumn = "crm_id".parse().expect("fits");
        assert_eq!(
            (id.identifier.as_str(), id.column.as_str()),
            ("crm_id", "crm_id")
        );
        for bad in ["", "=", "phone=", "=mobile", "a b"] {
            assert!(bad.parse::<IdColumn>().is_err(), "{bad}");
        }
    }
}
