//! Why a time could not be read, named or stepped to.

use crate::error::ErrorKind;

/// Errors of dates, timestamps and zones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Outside years 1 to 9999.
    #[error("the time lies outside years 1 to 9999")]
    OutOfRange,
    /// Not a date.
    #[error("`{text}` is not a date: write YYYY-MM-DD")]
    Date {
        /// As given, cut to 64 characters.
        text: String,
    },
    /// Not a timestamp.
    #[error(
        "`{text}` is not a timestamp: write YYYY-MM-DD HH:MM[:SS[.ffffff]], with or without an \
         offset such as +08:00 or Z"
    )]
    Timestamp {
        /// As given, cut to 64 characters.
        text: String,
    },
    /// No such zone.
    #[error("`{name}` is not a time zone of the IANA list{}", hint(nearest.as_deref()))]
    Zone {
        /// As given, cut to 64 characters.
        name: String,
        /// The nearest known name.
        nearest: Option<String>,
    },
}

impl TimeError {
    /// Always the input's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}
