//! `Rows`: rows of one file that one block of people makes, in order of time.

use arrow::{error::ArrowError, record_batch::RecordBatch};

use super::{Cell, Layout, columnar::ColumnarRows, text::TextRows};

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FileFormat {
    Csv,
    Parquet,
}

impl FileFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

#[derive(Debug)]
pub(crate) enum Rows {
    Text(TextRows),
    Columnar(Box<ColumnarRows>),
}

/// Rows ready to be written.
#[derive(Debug)]
pub(crate) enum Block {
    Text { bytes: Vec<u8>, rows: u64 },
    Columnar(RecordBatch),
}

impl Rows {
    pub(crate) fn new(layout: Layout, format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Text(TextRows::new(layout)),
            FileFormat::Parquet => Self::Columnar(Box::new(ColumnarRows::new(layout))),
        }
    }

    /// Adds a row that belongs at a time, cells in the layout's order.
    pub(crate) fn push(&mut self, at: i64, cells: &[Cell<'_>]) {
        match self {
            Self::Text(rows) => rows.push(at, cells),
            Self::Columnar(rows) => rows.push(at, cells),
        }
    }

    /// All rows by time, equal ones as they came.
    ///
    /// # Errors
    /// Where columns do not fit: a fault of the generator.
    pub(crate) fn finish(self) -> Result<Block, ArrowError> {
        match self {
            Self::Text(rows) => Ok(rows.finish()),
            Self::Columnar(rows) => rows.finish().map(Block::Columnar),
        }
    }
}

impl Block {
    pub(crate) fn rows(&self) -> u64 {
        match self {
            Self::Text { rows, .. } => *rows,
            Self::Columnar(batch) => batch.num_rows() as u64,
        }
    }
}
