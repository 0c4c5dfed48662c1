//! Identifiers of people, from the built-in table `identities`.
//!
//! Owns the reading of that table in OneID order: every section is sorted by OneID, so one pass
//! over each answers for people in ascending order. Segments cannot come here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStream};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use tagma_core::id::RowSeq;
use tagma_core::journal::IDENTITIES;
use tagma_core::{ErrorKind, LogIndex};
use tagma_sql::run::{self, BlockReader, RunMeta};

use super::snapshot::Snapshot;

const ROWS: usize = 8_192;

/// Why identifiers cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A run cannot be read.
    #[error("object {key} cannot be read")]
    Run {
        /// Its key.
        key: String,
        /// The reader's word.
        #[source]
        source: ParquetError,
    },
    /// Rows do not have the columns of the table.
    #[error("rows of the table of identifiers have no {column}")]
    Column {
        /// The column, with its type.
        column: &'static str,
    },
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Run { source, .. } => {
                run::find(source).map_or(ErrorKind::Corrupt, run::Error::kind)
            }
            Self::Column { .. } => ErrorKind::Corrupt,
        }
    }
}

/// Identifiers of people by OneID; for each person `(type, value)` by type, then latest first.
pub type Identifiers = BTreeMap<i64, Vec<(String, String)>>;

/// A row of the table: OneID, arrival, type, value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    oneid: i64,
    seq: i64,
    kind: String,
    value: String,
}

/// Reads identifiers of people in ascending order.
pub struct IdentityReader {
    index: LogIndex,
    /// Rows in memory that are not given out yet, ascending by OneID.
    hot: std::iter::Peekable<std::vec::IntoIter<Row>>,
    sections: Vec<Cursor>,
}

impl IdentityReader {
    /// Opens the table at the snapshot's index, for people from `oneids.start` on and below its
    /// end.
    ///
    /// # Errors
    /// Corrupt, naming the object that is damaged; Unavailable where the store is.
    pub async fn open(
        snapshot: &Snapshot,
        blocks: &BlockReader,
        oneids: Range<i64>,
    ) -> Result<Self, Error> {
        let index = snapshot.index;
        let table = snapshot
            .state
            .tables
            .get(IDENTITIES)
            .cloned()
            .unwrap_or_default();
        let mut hot = Vec::new();
        for rows in table.hot.iter().filter(|hot| hot.index <= index) {
            for batch in &rows.batches {
                hot.extend(rows_of(batch, index)?);
            }
        }
        hot.retain(|row| oneids.contains(&row.oneid));
        hot.sort_unstable_by_key(|row| (row.oneid, row.seq));
        let mut sections = Vec::new();
        for run in &table.runs {
            for (number, section) in run.sections.iter().enumerate() {
                let outside = section.oneid.max < oneids.start
                    || section.oneid.min >= oneids.end
                    || section.seq.min >= RowSeq::end_of(index).0;
                if !outside {
                    let file = File::new(blocks.clone(), Arc::clone(run), number);
                    sections.push(Cursor::open(file, &oneids).await?);
                }
            }
        }
        Ok(Self {
            index,
            hot: hot.into_iter().peekable(),
            sections,
        })
    }

    /// Identifiers of the people up to `last` who were not passed before.
    ///
    /// # Errors
    /// As [`IdentityReader::open`].
    pub async fn through(&mut self, last: i64) -> Result<Identifiers, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.hot.next_if(|row| row.oneid <= last) {
            rows.push(row);
        }
        for section in &mut self.sections {
            section.through(last, self.index, &mut rows).await?;
        }
        rows.sort_unstable_by(|a, b| {
            (a.oneid, &a.kind)
                .cmp(&(b.oneid, &b.kind))
                .then(b.seq.cmp(&a.seq))
        });
        let mut people = Identifiers::new();
        for row in rows {
            let known = people.entry(row.oneid).or_default();
            let identifier = (row.kind, row.value);
            if !known.contains(&identifier) {
                known.push(identifier);
            }
        }
        Ok(people)
    }
}

/// The rows of a batch that are visible at `index`.
fn rows_of(batch: &RecordBatch, index: LogIndex) -> Result<Vec<Row>, Error> {
    let numbers = |name: &str, column| {
        let found = batch.column_by_name(name);
        let found = found.and_then(|found| found.as_primitive_opt::<Int64Type>());
        found.ok_or(Error::Column { column })
    };
    let texts = |name: &str, column| {
        let found = batch.column_by_name(name);
        let found = found.filter(|found| *found.data_type() == DataType::Utf8);
        found
            .map(|found| found.as_string::<i32>())
            .ok_or(Error::Column { column })
    };
    let oneid = numbers("oneid", "`oneid` Int64")?;
    let seq = numbers("_seq", "`_seq` Int64")?;
    let from = numbers("_from", "`_from` Int64")?;
    let kind = texts("type", "`type` Utf8")?;
    let value = texts("value", "`value` Utf8")?;
    let end = RowSeq::end_of(index).0;
    let visible = |row: &usize| {
        let from_later = from.is_valid(*row) && from.value(*row) > index.0.cast_signed();
        seq.value(*row) < end && !from_later
    };
    let rows = (0..batch.num_rows()).filter(visible).map(|row| Row {
        oneid: oneid.value(row),
        seq: seq.value(row),
        kind: kind.value(row).to_owned(),
        value: value.value(row).to_owned(),
    });
    Ok(rows.collect())
}

/// A place in a section: the rows after it are not given out yet.
struct Cursor {
    key: String,
    stream: ParquetRecordBatchStream<File>,
    batch: Option<(RecordBatch, usize)>,
    end: i64,
}

impl Cursor {
    async fn open(file: File, oneids: &Range<i64>) -> Result<Self, Error> {
        let key = file.run.key.clone();
        let failed = |source| Error::Run {
            key: key.clone(),
            source,
        };
        let builder = ParquetRecordBatchStreamBuilder::new(file)
            .await
            .map_err(failed)?;
        let groups = builder.metadata().row_groups().iter().enumerate();
        let wanted = groups.filter(|(_, group)| may_hold(group, oneids));
        let wanted = wanted.map(|(number, _)| number).collect();
        let stream = builder
            .with_row_groups(wanted)
            .with_batch_size(ROWS)
            .build();
        let mut cursor = Self {
            stream: stream.map_err(failed)?,
            key: key.clone(),
            batch: None,
            end: oneids.end,
        };
        cursor.skip_below(oneids.start).await?;
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

    async fn through(
        &mut self,
        last: i64,
        index: LogIndex,
        rows: &mut Vec<Row>,
    ) -> Result<(), Error> {
        let last = last.min(self.end - 1);
        while let Some(oneids) = self.oneids().await? {
            let taken = oneids.partition_point(|oneid| *oneid <= last);
            let done = taken < oneids.len();
            if let Some(batch) = self.take(taken) {
                rows.extend(rows_of(&batch, index)?);
            }
            if done {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The OneIDs of the rows at hand, ascending; `None` at the end.
    async fn oneids(&mut self) -> Result<Option<Vec<i64>>, Error> {
        if self.batch.is_none() {
            let Some(batch) = self.stream.next().await else {
                return Ok(None);
            };
            let batch = batch.map_err(|source| Error::Run {
                key: self.key.clone(),
                source,
            })?;
            self.batch = Some((batch, 0));
        }
        let Some((batch, start)) = &self.batch else {
            return Ok(None);
        };
        let oneid = batch.column_by_name("oneid");
        let oneid = oneid.and_then(|oneid| oneid.as_primitive_opt::<Int64Type>());
        let oneid = oneid.ok_or(Error::Column {
            column: "`oneid` Int64",
        })?;
        Ok(Some(oneid.values()[*start..].to_vec()))
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

fn may_hold(group: &RowGroupMetaData, oneids: &Range<i64>) -> bool {
    let column = group
        .columns()
        .iter()
        .find(|column| column.column_path().string() == "oneid");
    match column.and_then(|column| column.statistics()) {
        Some(Statistics::Int64(bounds)) => {
            let below = bounds.max_opt().is_some_and(|max| *max < oneids.start);
            let above = bounds.min_opt().is_some_and(|min| *min >= oneids.end);
            !below && !above
        }
        _ => true,
    }
}

/// One section of a run as a Parquet file, verified when read.
struct File {
    blocks: BlockReader,
    run: Arc<RunMeta>,
    section: usize,
}

impl File {
    fn new(blocks: BlockReader, run: Arc<RunMeta>, section: usize) -> Self {
        Self {
            blocks,
            run,
            section,
        }
    }
}

impl AsyncFileReader for File {
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
