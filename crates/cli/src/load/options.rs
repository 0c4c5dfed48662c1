//! How files are to be loaded.

use std::str::FromStr;

use encoding_rs::Encoding;
use tagma_core::schema::{ColumnType, Name, TableKind};

use super::{
    Delimiter, Format, LoadError, column_type,
    source::Source,
    text::{Dialect, TextRules},
};

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

/// A column and its type: `--type COLUMN=TYPE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedColumn {
    /// The column.
    pub column: Name,
    /// Its type.
    pub column_type: ColumnType,
}

impl FromStr for TypedColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').ok_or("write COLUMN=TYPE")?;
        let column = Name::new(parts.0.trim()).map_err(|error| error.to_string())?;
        let column_type = column_type::parse(parts.1.trim()).ok_or_else(|| {
            format!(
                "`{}` is no type: bool, int, float, decimal(p,s), text, date, timestamp",
                parts.1
            )
        })?;
        Ok(Self {
            column,
            column_type,
        })
    }
}

/// How text files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextOptions {
    /// `None`: as a byte order mark says, else UTF-8. For NDJSON, too.
    pub encoding: Option<&'static Encoding>,
    /// `None`: a tab in `.tsv` files, else a comma.
    pub delimiter: Option<Delimiter>,
    /// ASCII; `None`: no quotes.
    pub quote: Option<u8>,
    /// ASCII.
    pub escape: Option<u8>,
    /// Whether the first line holds the columns' names.
    pub has_heading: bool,
    /// Names instead of the heading's; empty: those.
    pub columns: Vec<Name>,
    /// Lines before the heading that are left out. For NDJSON, too.
    pub skip_rows: u64,
    /// Texts that mean null.
    pub nulls: Vec<String>,
    /// Whether numbers are written `1,5`.
    pub decimal_comma: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            quote: Some(b'"'),
            escape: None,
            has_heading: true,
            columns: Vec::new(),
            skip_rows: 0,
            nulls: vec![String::new()],
            decimal_comma: false,
        }
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
    /// Types of columns of a table that is made, instead of guesses.
    pub types: Vec<TypedColumn>,
    /// The column that is also `ts`.
    pub time: Option<Name>,
    /// The column that is also `event`.
    pub event: Option<Name>,
    /// Columns of the key of a keyed or reference table.
    pub key: Vec<Name>,
    /// The column that says which of two rows with the same key is the later one.
    pub version: Option<Name>,
    /// IANA zone of timestamps without offset, for a table that is made.
    pub timezone: Option<String>,
    /// Whether to make the table where it does not exist.
    pub create: bool,
    /// What all files are, whatever their names say.
    pub format: Option<Format>,
    /// How text is read.
    pub text: TextOptions,
    /// Whether a file that cannot be loaded keeps those after it from being loaded.
    pub stops_on_error: bool,
}

impl LoadOptions {
    /// Options that only name the table.
    pub fn new(table: Name) -> Self {
        Self {
            table,
            kind: None,
            ids: Vec::new(),
            keep_ids: false,
            types: Vec::new(),
            time: None,
            event: None,
            key: Vec::new(),
            version: None,
            timezone: None,
            create: false,
            format: None,
            text: TextOptions::default(),
            stops_on_error: false,
        }
    }
}

impl TextOptions {
    /// Checks that quote, escape and delimiter can be told from each other.
    ///
    /// # Errors
    /// [`LoadError::Options`].
    pub(crate) fn check(&self) -> Result<(), LoadError> {
        let refuse = |text: &str| Err(LoadError::Options(text.to_owned()));
        if self.quote.is_some() && self.quote == self.escape {
            return refuse("--quote and --escape are the same: a doubled quote is always one");
        }
        let marks = [self.quote, self.escape];
        if let Some(Delimiter::Text(delimiter)) = &self.delimiter
            && marks
                .iter()
                .flatten()
                .any(|mark| delimiter.as_bytes().contains(mark))
        {
            return refuse("the --delimiter holds the --quote or the --escape");
        }
        if !self.has_heading && self.columns.is_empty() {
            return refuse("--no-header needs --columns: which names the columns have");
        }
        Ok(())
    }

    /// The rules for one file.
    pub(crate) fn rules(&self, source: &Source) -> TextRules {
        let is_tabbed = self.delimiter.is_none() && source.is_tabbed();
        let by_name = if is_tabbed {
            Delimiter::tab()
        } else {
            Delimiter::default()
        };
        TextRules {
            dialect: Dialect {
                delimiter: self.delimiter.clone().unwrap_or(by_name),
                quote: self.quote,
                escape: self.escape,
                nulls: self.nulls.clone(),
            },
            encoding: self.encoding,
            has_heading: self.has_heading,
            columns: self.columns.clone(),
            skip_rows: self.skip_rows,
            decimal_comma: self.decimal_comma,
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

    #[test]
    fn types_of_columns_are_read() {
        let typed: TypedColumn = "Amount=decimal(12,2)".parse().expect("fits");
        assert_eq!(typed.column.as_str(), "amount");
        assert_eq!(column_type::print(typed.column_type), "decimal(12,2)");
        for bad in ["", "amount", "amount=money", "=int"] {
            assert!(bad.parse::<TypedColumn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn marks_that_cannot_be_told_apart_are_refused() {
        let refused = |options: TextOptions| options.check().expect_err("refused").to_string();
        let text = TextOptions::default;
        let same = refused(TextOptions {
            escape: Some(b'"'),
            ..text()
        });
        assert!(
            same.starts_with("--quote and --escape are the same"),
            "{same}"
        );
        let delimiter = Some(Delimiter::Text("|\"".to_owned()));
        let within = refused(TextOptions {
            delimiter,
            ..text()
        });
        assert!(within.starts_with("the --delimiter holds"), "{within}");
        let nameless = refused(TextOptions {
            has_heading: false,
            ..text()
        });
        assert!(
            nameless.starts_with("--no-header needs --columns"),
            "{nameless}"
        );
        assert!(text().check().is_ok());
    }
}
