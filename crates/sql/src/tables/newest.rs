//! Tables with a key: of each person and key the row with the greatest version.
//!
//! Works on the visible rows in the order of the table and keeps that order, so it does not show
//! how rows came to be stored. Holds the rows of one person at a time, of these the newest per key
//! and those that came in since they were last looked through; their memory is the query's.

use std::collections::hash_map::{Entry, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, SortField};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use futures::{Stream, TryStreamExt, stream};
use tagma_core::schema::TableSchema;

use crate::arrow_types::{ONEID, SEQ};
use crate::columns;

/// Rows of one person that may come in before they are looked through.
const ROWS_BETWEEN: usize = 8_192;

/// By what rows replace each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionedKey {
    /// Stored columns, `oneid` first.
    columns: Vec<String>,
    version: Option<String>,
}

impl VersionedKey {
    /// That of `table`, where its kind has one.
    pub(super) fn of(table: &TableSchema) -> Option<Self> {
        if !table.kind.has_key() {
            return None;
        }
        let key = table.key.iter().map(ToString::to_string);
        Some(Self {
            columns: std::iter::once(ONEID.to_owned()).chain(key).collect(),
            version: table.version.as_ref().map(ToString::to_string),
        })
    }

    /// Every stored column that it looks at.
    pub(super) fn needs(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().chain(&self.version);
        columns.map(String::as_str).chain([SEQ])
    }

    /// Whether all rows of a key have the same value of the column.
    pub(super) fn contains(&self, column: &str) -> bool {
        self.columns.iter().any(|own| own == column)
    }
}

/// The newest rows out of `rows`, which are ordered by oneid first. What they take is asked of
/// `pool`.
pub(super) fn newest_of_key(
    rows: SendableRecordBatchStream,
    key: &VersionedKey,
    pool: &Arc<dyn MemoryPool>,
) -> Result<impl Stream<Item = Result<RecordBatch>> + Send + use<>> {
    let newest = Newest {
        versions: Versions::new(key, &rows.schema())?,
        open: Open {
            batches: Vec::new(),
            rows: 0,
            looked_through: 0,
            memory: MemoryConsumer::new("NewestOfKey").register(pool),
        },
        rows,
    };
    Ok(stream::try_unfold(Some(newest), |state| async move {
        let Some(mut newest) = state else {
            return Ok(None);
        };
        while let Some(batch) = newest.rows.try_next().await? {
            if let Some(done) = newest.add(&batch)? {
                return Ok(Some((done, Some(newest))));
            }
        }
        let last = newest.open.close(&newest.versions)?;
        Ok(last.map(|last| (last, None)))
    }))
}

struct Newest {
    rows: SendableRecordBatchStream,
    versions: Versions,
    open: Open,
}

impl Newest {
    /// The newest rows of the people who are complete with `batch`.
    fn add(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>> {
        let oneids = numbers(batch, ONEID)?;
        let (Some(first), Some(last)) = (oneids.first(), oneids.last()) else {
            return Ok(None);
        };
        let goes_on = self.open.person()? == Some(*first);
        let end_of_first = oneids.partition_point(|oneid| oneid <= first);
        let start_of_last = oneids.partition_point(|oneid| oneid < last);
        if goes_on && first == last {
            self.open.push(batch.clone(), &self.versions)?;
            return Ok(None);
        }
        let mut done = Vec::new();
        let mut start = 0;
        if goes_on {
            self.open
                .push(batch.slice(0, end_of_first), &self.versions)?;
            start = end_of_first;
        }
        done.extend(self.open.close(&self.versions)?);
        if start < start_of_last {
            let complete = batch.slice(start, start_of_last - start);
            done.push(self.versions.newest(&complete)?);
        }
        let rest = batch.slice(start_of_last, oneids.len() - start_of_last);
        self.open.push(rest, &self.versions)?;
        match done.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.clone())),
            several => Ok(Some(concat_batches(&batch.schema(), several)?)),
        }
    }
}

/// The person whose rows may go on in the next batch.
struct Open {
    batches: Vec<RecordBatch>,
    rows: usize,
    /// How many of the rows are the newest of what was looked through.
    looked_through: usize,
    memory: MemoryReservation,
}

impl Open {
    fn person(&self) -> Result<Option<i64>> {
        let Some(batch) = self.batches.first() else {
            return Ok(None);
        };
        Ok(numbers(batch, ONEID)?.first().copied())
    }

    /// Adds rows; looks through them all whenever they have doubled, so that each is looked at a
    /// few times at most.
    fn push(&mut self, batch: RecordBatch, versions: &Versions) -> Result<()> {
        self.rows += batch.num_rows();
        self.batches.push(batch);
        if self.rows > 2 * self.looked_through + ROWS_BETWEEN {
            self.look_through(versions)?;
        }
        let bytes = self.batches.iter().map(RecordBatch::get_array_memory_size);
        self.memory.try_resize(bytes.sum())
    }

    fn look_through(&mut self, versions: &Versions) -> Result<()> {
        let Some(first) = self.batches.first() else {
            return Ok(());
        };
        let all = concat_batches(&first.schema(), &self.batches)?;
        let newest = versions.newest(&all)?;
        self.rows = newest.num_rows();
        self.looked_through = self.rows;
        self.batches = vec![newest];
        Ok(())
    }

    /// The person's newest rows; from here on there is nobody.
    fn close(&mut self, versions: &Versions) -> Result<Option<RecordBatch>> {
        self.look_through(versions)?;
        let newest = self.batches.pop();
        (self.rows, self.looked_through) = (0, 0);
        self.memory.try_resize(0)?;
        Ok(newest)
    }
}

/// Compares keys and versions.
struct Versions {
    keys: RowConverter,
    key_places: Vec<usize>,
    /// Converter and place of the version column.
    versions: Option<(RowConverter, usize)>,
}

impl Versions {
    fn new(key: &VersionedKey, schema: &SchemaRef) -> Result<Self> {
        let mut fields = Vec::with_capacity(key.columns.len());
        let mut key_places = Vec::with_capacity(key.columns.len());
        for column in &key.columns {
            let place = schema.index_of(column)?;
            fields.push(SortField::new(schema.field(place).data_type().clone()));
            key_places.push(place);
        }
        let versions = key.version.as_ref().map(|version| {
            let place = schema.index_of(version)?;
            // Ascending, nulls first: null is the smallest version.
            let field = SortField::new(schema.field(place).data_type().clone());
            Ok::<_, ArrowError>((RowConverter::new(vec![field])?, place))
        });
        Ok(Self {
            keys: RowConverter::new(fields)?,
            key_places,
            versions: versions.transpose()?,
        })
    }

    /// The rows of `batch` that no other row of it replaces, in its order.
    fn newest(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = self.key_places.iter();
        let columns: Vec<ArrayRef> = columns.map(|at| Arc::clone(batch.column(*at))).collect();
        let keys = self.keys.convert_columns(&columns)?;
        let versions = match &self.versions {
            Some((converter, place)) => {
                let column = Arc::clone(batch.column(*place));
                Some(converter.convert_columns(&[column])?)
            }
            None => None,
        };
        let seqs = numbers(batch, SEQ)?;
        let rank = |row: usize| (versions.as_ref().map(|v| v.row(row)), seqs[row]);
        let mut newest: HashMap<Row<'_>, usize> = HashMap::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            match newest.entry(keys.row(row)) {
                Entry::Vacant(free) => {
                    free.insert(row);
                }
                Entry::Occupied(mut known) => {
                    if rank(row) > rank(*known.get()) {
                        known.insert(row);
                    }
                }
            }
        }
        if newest.len() == batch.num_rows() {
            return Ok(batch.clone());
        }
        let mut counts = vec![false; batch.num_rows()];
        for row in newest.into_values() {
            counts[row] = true;
        }
        Ok(filter_record_batch(batch, &BooleanArray::from(counts))?)
    }
}

fn numbers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a [i64]> {
    let column = columns::numbers(batch, name).ok();
    let column = column.filter(|column| column.null_count() == 0);
    column.map(|column| &column.values()[..]).ok_or_else(|| {
        DataFusionError::Internal(format!("rows of a table with a key have no `{name}`"))
    })
}
