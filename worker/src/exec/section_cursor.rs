//! A section of a run, read in OneID order as far as wanted.
//!
//! Owns the skipping of row groups without anybody wanted. Must not judge which rows are visible.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStream};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use tagma_core::ErrorKind;
use tagma_sql::run::{self, BlockReader, RunMeta};

const ROWS: usize = 8_192;

/// A run that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("object {key} cannot be read")]
pub struct Error {
    /// Its key.
    key: String,
    /// The reader's word.
    #[source]
    source: ParquetError,
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        run::find(&self.source).map_or(ErrorKind::Corrupt, run::Error::kind)
    }
}

/// Whose rows are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// Everybody's in a range.
    Range(&'a Range<i64>),
    /// These people's, ascending.
    These(&'a [i64]),
    /// Nobody's, of a table without a time: those that arrived after this `_seq`, and a few more.
    NobodyAfter(i64),
}

impl Wanted<'_> {
    fn start(self) -> i64 {
        match self {
            Self::Range(range) => range.start,
            Self::These(people) => people.first().copied().unwrap_or(i64::MAX),
            Self::NobodyAfter(_) => 0,
        }
    }

    fn end(self) -> i64 {
        match self {
            Self::Range(range) => range.end,
            Self::These(people) => people.last().map_or(i64::MIN, |last| last + 1),
            Self::NobodyAfter(_) => 1,
        }
    }

    /// Whether somebody from `least` to `greatest` is wanted.
    pub(super) fn any_within(self, least: i64, greatest: i64) -> bool {
        match self {
            Self::Range(range) => least < range.end && greatest >= range.start,
            Self::These(people) => {
                let next = people.partition_point(|person| *person < least);
                people.get(next).is_some_and(|person| *person <= greatest)
            }
            Self::NobodyAfter(_) => least <= 0 && greatest >= 0,
        }
    }
}

/// A place in a section: the rows after it are not given out yet.
pub(super) struct Cursor {
    key: String,
    stream: ParquetRecordBatchStream<Section>,
    batch: Option<(RecordBatch, usize)>,
    end: i64,
}

impl Cursor {
    /// Opens it before the first row of somebody wanted.
    ///
    /// # Errors
    /// Corrupt, naming the object that is damaged; Unavailable where the store is.
    pub(super) async fn open(file: Section, wanted: Wanted<'_>) -> Result<Self, Error> {
        let key = file.run.key.clone();
        let failed = |source| Error {
            key: key.clone(),
            source,
        };
        let builder = ParquetRecordBatchStreamBuilder::new(file)
            .await
            .map_err(failed)?;
        let groups = builder.metadata().row_groups().iter().enumerate();
        let groups = groups.filter(|(_, group)| may_hold(group, wanted));
        let groups = groups.map(|(number, _)| number).collect();
        let stream = builder
            .with_row_groups(groups)
            .with_batch_size(ROWS)
            .build();
        let mut cursor = Self {
            stream: stream.map_err(failed)?,
            key: key.clone(),
            batch: None,
            end: wanted.end(),
        };
        cursor.skip_below(wanted.start()).await?;
        Ok(cursor)
    }

    /// Leaves out people before `start`.
    async fn skip_below(&mut self, start: i64) -> Result<(), Error> {
        while let Some(oneids) = self.oneids().await? {
            let skipped = oneids.partition_point(|oneid| *oneid < start);
            let done = skipped < oneids.len();
            self.take(skipped);
            if done {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Rows of people up to `last` that were not given out before.
    ///
    /// # Errors
    /// As [`Cursor::open`].
    pub(super) async fn through(&mut self, last: i64) -> Result<Vec<RecordBatch>, Error> {
        let last = last.min(self.end - 1);
        let mut rows = Vec::new();
        while let Some(oneids) = self.oneids().await? {
            let taken = oneids.partition_point(|oneid| *oneid <= last);
            let done = taken < oneids.len();
            rows.extend(self.take(taken));
            if done {
                break;
            }
        }
        Ok(rows)
    }

    /// The next rows wanted that were not given out before; `None` after the last ones.
    ///
    /// # Errors
    /// As [`Cursor::open`].
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some(oneids) = self.oneids().await? else {
            return Ok(None);
        };
        let wanted = oneids.partition_point(|oneid| *oneid < self.end);
        Ok((wanted > 0).then(|| self.take(wanted)).flatten())
    }

    /// The OneIDs of the rows at hand, ascending; `None` at the end.
    async fn oneids(&mut self) -> Result<Option<Vec<i64>>, Error> {
        if self.batch.is_none() {
            let Some(batch) = self.stream.next().await else {
                return Ok(None);
            };
            let batch = batch.map_err(|source| self.failed(source))?;
            self.batch = Some((batch, 0));
        }
        let Some((batch, start)) = &self.batch else {
            return Ok(None);
        };
        let oneid = batch.column_by_name("oneid");
        let oneid = oneid.and_then(|oneid| oneid.as_primitive_opt::<Int64Type>());
        let oneid = oneid.ok_or_else(|| {
            self.failed(ParquetError::General("there is no column `oneid`".into()))
        })?;
        Ok(Some(oneid.values()[*start..].to_vec()))
    }

    fn failed(&self, source: ParquetError) -> Error {
        let key = self.key.clone();
        Error { key, source }
    }

    /// The next `count` rows at hand.
    fn take(&mut self, count: usize) -> Option<RecordBatch> {
        let (batch, start) = self.batch.take()?;
        let taken = batch.slice(start, count);
        if start + count < batch.num_rows() {
            self.batch = Some((batch, start + count));
        }
        Some(taken)
    }
}

fn may_hold(group: &RowGroupMetaData, wanted: Wanted<'_>) -> bool {
    let people = bounds(group, "oneid");
    let holds_people = people.is_none_or(|(least, most)| wanted.any_within(least, most));
    match wanted {
        Wanted::NobodyAfter(seq) => {
            holds_people && bounds(group, "_seq").is_none_or(|(_, last)| last > seq)
        }
        _ => holds_people,
    }
}

/// The least and the greatest value of a column of whole numbers, where they are known.
fn bounds(group: &RowGroupMetaData, name: &str) -> Option<(i64, i64)> {
    let mut columns = group.columns().iter();
    let column = columns.find(|column| column.column_path().string() == name)?;
    match column.statistics()? {
        Statistics::Int64(values) => Some((
            values.min_opt().copied().unwrap_or(i64::MIN),
            values.max_opt().copied().unwrap_or(i64::MAX),
        )),
        _ => None,
    }
}

/// One section of a run as a Parquet file, verified when read.
pub(super) struct Section {
    blocks: BlockReader,
    run: Arc<RunMeta>,
    section: usize,
}

impl Section {
    /// Section number `section` of a run.
    pub(super) fn new(blocks: BlockReader, run: Arc<RunMeta>, section: usize) -> Self {
        Self {
            blocks,
            run,
            section,
        }
    }
}

impl AsyncFileReader for Section {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        let start = self.run.sections[self.section].offset;
        let place = start + range.start..start + range.end;
        let read = async move { self.blocks.read(&self.run, place).await };
        read.map(|read| read.map_err(|error| ParquetError::External(Box::new(error))))
            .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        let length = self.run.sections[self.section].length;
        let load = async move {
            let reader = ParquetMetaDataReader::new();
            reader.load_and_finish(self, length).await.map(Arc::new)
        };
        load.boxed()
    }
}
