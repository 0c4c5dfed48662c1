//! Why a text is refused.

use std::fmt;

use sqlparser::ast::{Spanned, Statement};
use sqlparser::parser::ParserError;
use sqlparser::tokenizer::{Location, Span};
use tagma_core::ErrorKind;

/// A place in the text; shown only where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// From 1; 0: unknown.
    pub line: u64,
    /// From 1; 0: unknown.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => Ok(()),
            line => write!(f, " at line {line}, column {}", self.column),
        }
    }
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self {
            line: location.line,
            column: location.column,
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        span.start.into()
    }
}

/// Why a text is refused. All are [`ErrorKind::Invalid`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too many bytes.
    #[error("the SQL has {bytes} bytes, at most {max} are read")]
    TooLong {
        /// Its bytes.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Too many words and signs.
    #[error("the SQL has {count} words and signs, at most {max} are read")]
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// Nested too deeply.
    #[error("the SQL is nested deeper than {max} levels{place}: split it with WITH")]
    TooDeep {
        /// The limit.
        max: usize,
        /// Where the limit is reached.
        place: Place,
    },
    /// Not SQL.
    #[error("the SQL cannot be read: {reason}")]
    Syntax {
        /// What the parser says, with its place.
        reason: String,
    },
    /// None or several.
    #[error("write exactly one query, without `;` between")]
    NotOneQuery,
    /// A statement that is no query.
    #[error("only SELECT is allowed, not {what}")]
    NotAQuery {
        /// Its first word.
        what: String,
    },
    /// A form that is not allowed.
    #[error("{what} is not allowed{place}: {instead}")]
    Refused {
        /// The form.
        what: String,
        /// Where it stands.
        place: Place,
        /// What to do instead.
        instead: String,
    },
    /// A function that does not exist here.
    #[error("there is no function `{name}`{place}{hint}")]
    UnknownFunction {
        /// Its name.
        name: String,
        /// Where it stands.
        place: Place,
        /// The nearest name, or what to write instead.
        hint: String,
    },
}

impl Error {
    /// What the caller should do: change the text.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

pub(super) fn refused(what: impl Into<String>, at: impl Into<Place>, instead: &str) -> Error {
    Error::Refused {
        what: what.into(),
        place: at.into(),
        instead: instead.into(),
    }
}

pub(super) fn syntax(error: ParserError) -> Error {
    let reason = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
        ParserError::RecursionLimitExceeded => "it is nested too deeply".into(),
    };
    Error::Syntax { reason }
}

pub(super) fn not_a_query(statement: &Statement) -> Error {
    let text = statement.to_string();
    let what = text.split_whitespace().next().unwrap_or("this");
    Error::NotAQuery {
        what: what.to_uppercase(),
    }
}

pub(super) fn place_of(node: &impl Spanned) -> Place {
    node.span().into()
}
