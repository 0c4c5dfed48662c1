//! Why a file could not be loaded.

use std::{io, path::PathBuf};

use tagma_core::{ErrorKind, schema::InvalidName};

use super::records::RECORD_BYTES_MAX;
use crate::failure::Failure;

/// What is wrong with a file or with how it should be read. Wrong rows are no error: they go to
/// the dead letters.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be opened or read.
    #[error("cannot read `{}`: {reason}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The system's words; part of the message, which is all that a user sees.
        reason: io::Error,
    },
    /// A directory.
    #[error("`{}` is a directory: name its files, e.g. with `{}/*.csv`", .file.display(),
        .file.display())]
    Directory {
        /// The directory.
        file: PathBuf,
    },
    /// No bytes, or only blank lines.
    #[error("`{}` is empty: there is not even a heading", .file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// A heading and nothing below it.
    #[error("`{}` has a heading but no rows", .file.display())]
    NoRows {
        /// The file.
        file: PathBuf,
    },
    /// A record that is too long.
    #[error(
        "`{}`: row {row} is longer than {} MiB: is a quote not closed, or is this no text file?",
        .file.display(), RECORD_BYTES_MAX >> 20
    )]
    TooLong {
        /// The file.
        file: PathBuf,
        /// From 1; 0 is the heading.
        row: u64,
    },
    /// The heading is not UTF-8.
    #[error("`{}`: the heading is not valid UTF-8", .file.display())]
    HeadingNotText {
        /// The file.
        file: PathBuf,
    },
    /// A heading that is no name.
    #[error(
        "`{}`: heading {position}: {reason}{}",
        .file.display(), if *is_only { "; is the --delimiter right?" } else { "" }
    )]
    HeadingNotName {
        /// The file.
        file: PathBuf,
        /// From 1.
        position: usize,
        /// Whether there is no other heading, which says that the delimiter is a wrong one.
        is_only: bool,
        /// Why; part of the message, which is all that a user sees.
        reason: InvalidName,
    },
    /// Two headings of one name.
    #[error(
        "`{}`: headings {first} and {second} are both `{name}` (case does not count)",
        .file.display()
    )]
    DuplicateHeading {
        /// The file.
        file: PathBuf,
        /// The name.
        name: String,
        /// From 1.
        first: usize,
        /// From 1.
        second: usize,
    },
    /// A heading that Tagma keeps for itself.
    #[error("`{}`: the heading `{name}` is reserved: rename it", .file.display())]
    ReservedHeading {
        /// The file.
        file: PathBuf,
        /// The name.
        name: String,
    },
    /// A column that was asked for is not there.
    #[error(
        "`{}` has no column `{name}`, which {role}; it has {}",
        .file.display(), .headings.join(", ")
    )]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// What was asked for.
        name: String,
        /// By which flag or declaration.
        role: String,
        /// What there is.
        headings: Vec<String>,
    },
    /// A column that the table does not have.
    #[error(
        "`{}` has a column `{name}`, which table `{table}` does not have; it has {}",
        .file.display(), .columns.join(", ")
    )]
    UnknownColumn {
        /// The file.
        file: PathBuf,
        /// The file's column.
        name: String,
        /// The table.
        table: String,
        /// What it has.
        columns: Vec<String>,
    },
    /// A column whose type depends on the file.
    #[error(
        "column `{name}` is {first_type} in `{}` but {second_type} in `{}`: declare the table, or \
         load the files into two tables", .first.display(), .second.display()
    )]
    TypesDiffer {
        /// The column.
        name: String,
        /// A file.
        first: PathBuf,
        /// Its type there.
        first_type: String,
        /// Another file.
        second: PathBuf,
        /// Its type there.
        second_type: String,
    },
    /// A time column without times.
    #[error(
        "`{}`: the time column `{name}` holds {found}: dates (YYYY-MM-DD, YYYYMMDD) or timestamps \
         (YYYY-MM-DD HH:MM:SS) are needed", .file.display()
    )]
    NoTime {
        /// The file.
        file: PathBuf,
        /// The column.
        name: String,
        /// An example with its row, or a type.
        found: String,
    },
    /// A Parquet column that does not fit.
    #[error("`{}`: column `{name}` {reason}", .file.display())]
    Column {
        /// The file.
        file: PathBuf,
        /// The column.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A damaged or foreign Parquet file.
    #[error("`{}` cannot be read as Parquet: {reason}", .file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// The reader's words.
        reason: String,
    },
    /// Rows that fit into no request.
    #[error(
        "`{}`: rows {first_row} to {last_row} need {bytes} bytes in one request, too many for a \
         message", .file.display()
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// From 1.
        first_row: u64,
        /// From 1.
        last_row: u64,
        /// As encoded.
        bytes: usize,
    },
    /// Somebody wrote to the file.
    #[error("`{}` changed while it was loaded: load it again when it is complete", .file.display())]
    Changed {
        /// The file.
        file: PathBuf,
    },
    /// A flag is missing or contradicts the table.
    #[error("{0}")]
    Options(String),
}

impl LoadError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { reason, .. } if reason.kind() == io::ErrorKind::NotFound => {
                ErrorKind::NotFound
            }
            Self::Changed { .. } => ErrorKind::Conflict,
            _ => ErrorKind::Invalid,
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::local(error.kind(), error.to_string())
    }
}
