//! What can go wrong with runs.

use std::ops::Range;

use tagma_core::ErrorKind;

/// An error of writing, merging or reading runs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rows are not rows of the table.
    #[error("rows do not fit table `{table}`: {reason}")]
    Shape {
        /// The table.
        table: String,
        /// What does not fit.
        reason: String,
    },
    /// The bytes of a stored run are not those that were written.
    #[error("object `{key}` is damaged: its bytes {range:?} fail their checksum")]
    Damaged {
        /// Key of the object.
        key: String,
        /// The bytes that were checked, counted within the object.
        range: Range<u64>,
    },
    /// A stored run cannot be what its manifest says, although its bytes are as written.
    #[error("object `{key}` does not hold the run that its manifest describes: {reason}")]
    Mismatch {
        /// Key of the object.
        key: String,
        /// What differs.
        reason: String,
    },
    /// The object store could not deliver.
    #[error("object `{key}` could not be read")]
    Read {
        /// Key of the object.
        key: String,
        /// What the store said.
        #[source]
        source: object_store::Error,
    },
    /// A section was asked for that no registered run has.
    #[error("`{path}` is no section of a run of this query")]
    Unregistered {
        /// The path.
        path: String,
    },
    /// A section is not readable as Parquet.
    #[error("section {section} of object `{key}` cannot be decoded")]
    Decode {
        /// Key of the object.
        key: String,
        /// Its number in the run.
        section: usize,
        /// What the decoder said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A section could not be written.
    #[error("a section could not be encoded")]
    Encode(#[from] parquet::errors::ParquetError),
    /// Rows could not be sorted or sliced.
    #[error("rows could not be rearranged")]
    Arrange(#[from] arrow::error::ArrowError),
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Shape { .. } => ErrorKind::Invalid,
            Self::Damaged { .. } | Self::Mismatch { .. } => ErrorKind::Corrupt,
            Self::Read { source, .. } => match source {
                object_store::Error::NotFound { .. } => ErrorKind::Corrupt,
                _ => ErrorKind::Unavailable,
            },
            // A damaged block also surfaces through the decoder: the source knows.
            Self::Decode { source, .. } => find(source).map_or(ErrorKind::Corrupt, Self::kind),
            Self::Unregistered { .. } | Self::Encode(_) | Self::Arrange(_) => ErrorKind::Internal,
        }
    }
}

/// The error of this module in the chain of sources of `error`, if there is one.
///
/// DataFusion, Parquet and the object store wrap errors of [`super::VerifiedStore`]; this finds
/// them again, so that damage is reported as damage.
pub fn find<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
