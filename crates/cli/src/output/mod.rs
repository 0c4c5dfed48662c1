//! What leaves the process: tables, JSON shapes, files of members, progress, the lock of a data
//! directory. The only folder of this crate that writes files.

mod csv;
mod data_directory;
mod data_files;
mod json;
mod members;
mod new_file;
mod parquet;
mod progress;
mod table;

pub(crate) use self::csv::CsvMembers;
pub(crate) use self::data_directory::DataDirectory;
pub(crate) use self::data_files::DataFiles;
pub(crate) use self::json::{Instant, TagAnswer, VersionAnswer, text};
pub(crate) use self::members::{MemberTarget, MemberWriter, open_file};
pub(crate) use self::new_file::NewFile;
pub(crate) use self::parquet::ParquetMembers;
pub(crate) use self::progress::{Bars, Progress, thousands};
pub(crate) use self::table::Grid;
