//! Why a file could not be loaded.

use std::{
    io,
    path::{Path, PathBuf},
};

use tagma_core::{ErrorKind, schema::InvalidName};

use super::text::RECORD_BYTES_MAX;
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
    /// A directory or a pattern without files.
    #[error("{}", no_files(.argument, *.passed_over))]
    NoFiles {
        /// As it was named.
        argument: PathBuf,
        /// Files whose names say nothing about their format.
        passed_over: usize,
    },
    /// A format that cannot be loaded.
    #[error("`{}` {reason}", .file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
        /// What it is and what to do, as the end of a sentence.
        reason: String,
    },
    /// A compressed file that ends too early.
    #[error(
        "`{}` is cut short: it can be read up to row {rows}. None of it is loaded, so that no row \
         is there twice when the whole file comes: fetch it again", .file.display()
    )]
    CutShort {
        /// The file.
        file: PathBuf,
        /// The last row that can be read; 0: none.
        rows: u64,
    },
    /// A compressed file that is no longer what was compressed.
    #[error(
        "`{}` is damaged after row {rows}: {reason}. None of it is loaded: fetch it again",
        .file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The last row that can be read; 0: none.
        rows: u64,
        /// The decompressor's words; part of the message, which is all that a user sees.
        reason: io::Error,
    },
    /// Many rows that are no text.
    #[error(
        "`{}`: {wrong} of {rows} rows cannot be read as text, row {row} is the first: {reason}{}",
        .file.display(),
        if *is_default { "; is the file, or a part of it, of another --encoding, e.g. gb18030?" }
        else { "; is it the right --encoding?" }
    )]
    WrongEncoding {
        /// The file.
        file: PathBuf,
        /// Rows that cannot be read.
        wrong: u64,
        /// All rows.
        rows: u64,
        /// The first of them, from 1.
        row: u64,
        /// What is wrong with it, and where.
        reason: String,
        /// Whether it was read as UTF-8.
        is_default: bool,
    },
    /// Nothing but rows that cannot be read.
    #[error(
        "`{}`: no row can be read: {reason} (row {row}); are --format, --delimiter and --quote \
         right?", .file.display()
    )]
    NoGoodRow {
        /// The file.
        file: PathBuf,
        /// The first row.
        row: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A JSON array.
    #[error(
        "`{}` is a JSON array: one object a line is needed, e.g. by `jq -c '.[]'`", .file.display()
    )]
    JsonArray {
        /// The file.
        file: PathBuf,
    },
    /// A key of JSON that can be no column.
    #[error("`{}`: key `{path}` in row {row} {reason}", .file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// The keys that lead to it, joined by points.
        path: String,
        /// Where it was first seen.
        row: u64,
        /// Why, as the end of a sentence.
        reason: String,
    },
    /// `--columns` names more or fewer columns than there are.
    #[error("`{}`: --columns names {named} columns, but its heading has {found}", .file.display())]
    ColumnsDiffer {
        /// The file.
        file: PathBuf,
        /// Columns that the flag names.
        named: usize,
        /// Columns that the heading has.
        found: usize,
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
    /// The heading is no text.
    #[error("`{}`: the heading {reason}; is the --encoding right?", .file.display())]
    HeadingNotText {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, as the end of a sentence.
        reason: String,
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
        "`{}` has a column `{name}`, which table `{table}` does not have; it has {}: add it to the \
         table's document and `tagma apply` that, or take it out of the file",
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
        "column `{name}` is {first_type} in `{}` but {second_type} in `{}` ({examples}): give its \
         --type, declare the table, or load the files into two tables", .first.display(),
        .second.display()
    )]
    TypesDiffer {
        /// The column.
        name: Box<str>,
        /// A file.
        first: PathBuf,
        /// Its type there.
        first_type: Box<str>,
        /// Another file.
        second: PathBuf,
        /// Its type there.
        second_type: Box<str>,
        /// A value and its row of each.
        examples: Box<str>,
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

fn no_files(argument: &Path, passed_over: usize) -> String {
    let shown = argument.display();
    match (argument.is_dir(), passed_over) {
        (true, 0) => format!("`{shown}` holds no files to load"),
        (true, _) => format!(
            "`{shown}` holds no files to load ({passed_over} with an unknown ending: name their \
             --format)"
        ),
        (false, _) => format!("`{shown}` matches no file"),
    }
}

impl LoadError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { reason, .. } if reason.kind() == io::ErrorKind::NotFound => {
                ErrorKind::NotFound
            }
            Self::NoFiles { .. } => ErrorKind::NotFound,
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
