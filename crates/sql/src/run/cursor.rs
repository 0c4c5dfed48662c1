//! One section as a stream of rows in order.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use futures::TryStreamExt;
use parquet::arrow::ProjectionMask;
use parquet::arrow::async_reader::{ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;
use parquet::schema::types::SchemaDescriptor;
use tagma_core::schema::{TableKind, TableSchema};

use super::encode::as_stored;
use super::error::Error;
use super::meta::{RunMeta, SectionMeta};
use super::order::column;
use super::section_file::SectionFile;
use super::verified::BlockReader;
use crate::arrow_types::{ONEID, SEQ};

/// (oneid, rank and value of the time, _seq).
pub(super) type Key = (i64, (u8, i64), i64);

pub(super) type SectionStream = ParquetRecordBatchStream<SectionFile>;

/// A section that can be opened.
#[derive(Clone)]
pub(super) struct SectionSource {
    reader: BlockReader,
    run: Arc<RunMeta>,
    section: usize,
}

impl SectionSource {
    pub(super) fn new(reader: BlockReader, run: Arc<RunMeta>, section: usize) -> Self {
        Self {
            reader,
            run,
            section,
        }
    }

    pub(super) fn meta(&self) -> &SectionMeta {
        &self.run.sections[self.section]
    }

    /// Opens the columns that `mask` picks.
    pub(super) async fn open(
        &self,
        mask: impl FnOnce(&SchemaDescriptor) -> ProjectionMask,
    ) -> Result<SectionStream, Error> {
        let file = SectionFile::new(self.reader.clone(), Arc::clone(&self.run), self.section);
        let builder = ParquetRecordBatchStreamBuilder::new(file).await;
        let builder = builder.map_err(|e| self.undecodable(e))?;
        let mask = mask(builder.parquet_schema());
        let stream = builder.with_projection(mask).build();
        stream.map_err(|e| self.undecodable(e))
    }

    pub(super) async fn next(
        &self,
        stream: &mut SectionStream,
    ) -> Result<Option<RecordBatch>, Error> {
        stream.try_next().await.map_err(|e| self.undecodable(e))
    }

    fn undecodable(&self, source: ParquetError) -> Error {
        Error::Decode {
            key: self.run.key.clone(),
            section: self.section,
            source,
        }
    }
}

/// A section and the row in it that comes next.
pub(super) struct Cursor {
    table: TableSchema,
    source: SectionSource,
    stream: SectionStream,
    batch: RecordBatch,
    keys: Keys,
    row: usize,
}

impl Cursor {
    /// Stands on the first row; `None` for a section without rows.
    pub(super) async fn open(
        table: &TableSchema,
        source: &SectionSource,
    ) -> Result<Option<Self>, Error> {
        let mut stream = source.open(|_| ProjectionMask::all()).await?;
        let Some((batch, keys)) = next_rows(table, source, &mut stream).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            table: table.clone(),
            source: source.clone(),
            stream,
            batch,
            keys,
            row: 0,
        }))
    }

    pub(super) fn key(&self) -> Key {
        self.keys.at(self.row)
    }

    pub(super) fn row(&self) -> usize {
        self.row
    }

    pub(super) fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// To the next row of the batch; `false` where it was the last.
    pub(super) fn step(&mut self) -> bool {
        self.row += 1;
        self.row < self.batch.num_rows()
    }

    /// To the first row of the next batch; `false` where there is none.
    pub(super) async fn refill(&mut self) -> Result<bool, Error> {
        let next = next_rows(&self.table, &self.source, &mut self.stream).await?;
        let Some((batch, keys)) = next else {
            return Ok(false);
        };
        (self.batch, self.keys, self.row) = (batch, keys, 0);
        Ok(true)
    }
}

async fn next_rows(
    table: &TableSchema,
    source: &SectionSource,
    stream: &mut SectionStream,
) -> Result<Option<(RecordBatch, Keys)>, Error> {
    while let Some(batch) = source.next(stream).await? {
        if batch.num_rows() > 0 {
            let batch = as_stored(table, &batch)?;
            let keys = Keys::new(table, &batch)?;
            return Ok(Some((batch, keys)));
        }
    }
    Ok(None)
}

struct Keys {
    oneid: Int64Array,
    time: Option<Int64Array>,
    /// Ranks of null and of the rest.
    ranks: (u8, u8),
    seq: Int64Array,
}

impl Keys {
    fn new(table: &TableSchema, batch: &RecordBatch) -> Result<Self, Error> {
        let numbers = |name: &str| -> Result<Int64Array, Error> {
            let array = column(table, batch, name)?;
            let array = match array.data_type() {
                DataType::Date32 => &cast(array, &DataType::Int32)?,
                _ => array,
            };
            Ok(cast(array, &DataType::Int64)?.as_primitive().clone())
        };
        let time = table.time.as_ref().map(|t| numbers(t.as_str()));
        let ranks = match table.kind {
            TableKind::Attributes => (0, 1),
            TableKind::Events | TableKind::Keyed | TableKind::Reference => (1, 0),
        };
        Ok(Self {
            oneid: numbers(ONEID)?,
            time: time.transpose()?,
            ranks,
            seq: numbers(SEQ)?,
        })
    }

    fn at(&self, row: usize) -> Key {
        let time = match &self.time {
            Some(time) if time.is_null(row) => (self.ranks.0, 0),
            Some(time) => (self.ranks.1, time.value(row)),
            None => (0, 0),
        };
        (self.oneid.value(row), time, self.seq.value(row))
    }
}
