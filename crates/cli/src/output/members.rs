//! Where members go, and the one way in which every format takes them.

use std::path::{Path, PathBuf};

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use super::{CsvMembers, NewFile, ParquetMembers};
use crate::failure::Failure;

/// Takes batches of members of one schema, then is finished.
pub(crate) trait MemberWriter {
    /// Appends people.
    ///
    /// # Errors
    /// Where the output cannot be written.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure>;

    /// Makes the output whole and durable.
    ///
    /// # Errors
    /// Where the output cannot be written.
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}

/// Formats of a file of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberFormat {
    Csv,
    Parquet,
}

/// `--out`: a file by extension, or `-` for CSV on standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberTarget {
    StandardOutput,
    File { path: PathBuf, format: MemberFormat },
}

impl MemberTarget {
    /// Reads the flag.
    ///
    /// # Errors
    /// A sentence that lists the known extensions.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(Self::StandardOutput);
        }
        let path = PathBuf::from(text);
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let format = match extension.as_deref() {
            Some("csv") => MemberFormat::Csv,
            Some("parquet") => MemberFormat::Parquet,
            _ => return Err("end the name in .csv or .parquet, or write - for CSV".to_owned()),
        };
        Ok(Self::File { path, format })
    }
}

/// A writer of `format` to a new file at `path`.
///
/// # Errors
/// Where the file cannot be made.
pub(crate) fn open_file(
    path: &Path,
    format: MemberFormat,
    schema: &SchemaRef,
) -> Result<Box<dyn MemberWriter>, Failure> {
    let file = NewFile::create(path)?;
    Ok(match format {
        MemberFormat::Csv => Box::new(FileCsv(CsvMembers::new(file, schema)?)),
        MemberFormat::Parquet => Box::new(ParquetMembers::new(file, schema)?),
    })
}

struct FileCsv(CsvMembers<NewFile>);

impl MemberWriter for FileCsv {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        self.0.write(batch)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.0.into_inner()?.publish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides() {
        let csv = MemberTarget::File {
            path: "a/b.CSV".into(),
            format: MemberFormat::Csv,
        };
        assert_eq!(MemberTarget::parse("a/b.CSV"), Ok(csv));
        assert_eq!(MemberTarget::parse("-"), Ok(MemberTarget::StandardOutput));
        for bad in ["a", "a.xlsx", "csv", ""] {
            assert!(MemberTarget::parse(bad).is_err(), "{bad}");
        }
    }
}
