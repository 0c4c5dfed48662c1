//! Dead letters of a shard: rows that went to no table, from the built-in table of that name.
//!
//! Owns the choice and the order. Holds the rows in memory once, and of each section a page.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::{
    SortOptions, concat_batches, filter_record_batch, sort_to_indices, take_record_batch,
};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use tagma_core::id::RowSeq;
use tagma_core::journal::DEAD_LETTERS;
use tagma_sql::columns::{numbers, texts};
use tagma_sql::run::BlockReader;

use super::section_cursor::{Cursor, Section, Wanted};
use super::snapshot::Snapshot;
use super::stored_rows::Error;

const SEQ: &str = "_seq";
const TABLE: &str = "table_name";
const SOURCE: &str = "source";
const ORIGINAL: &str = "original";
const COLUMNS: [&str; 6] = [SEQ, TABLE, SOURCE, "source_row", "reason", ORIGINAL];

/// Bytes of original rows in an answer.
const BYTES_MAX: usize = 16 << 20;

/// Which letters are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// Those for this table; empty: for any.
    pub table: String,
    /// Those of this source; empty: of any.
    pub source: String,
    /// Those that arrived after this `_seq`.
    pub after: i64,
    /// How many at most, from the earliest on.
    pub limit: usize,
}

impl Letters {
    /// The letters of a batch that are wanted and arrived before `end`.
    fn of(&self, batch: &RecordBatch, end: i64) -> Result<RecordBatch, ArrowError> {
        let seqs = numbers(batch, SEQ)?;
        let (tables, sources) = (texts(batch, TABLE)?, texts(batch, SOURCE)?);
        let is = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
        let wanted = (0..batch.num_rows()).map(|row| {
            let seq = seqs.value(row);
            let arrived = self.after < seq && seq < end;
            Some(
                arrived
                    && is(&self.table, tables.value(row))
                    && is(&self.source, sources.value(row)),
            )
        });
        let wanted: BooleanArray = wanted.collect();
        filter_record_batch(batch, &wanted)
    }
}

/// The earliest letters that were found, as many as are wanted and fit.
#[derive(Default)]
struct Page {
    letters: Vec<RecordBatch>,
    more: bool,
}

impl Page {
    /// Keeps the earliest of all letters that were added.
    fn cut(&mut self, limit: usize) -> Result<(), ArrowError> {
        let Some(first) = self.letters.first() else {
            return Ok(());
        };
        let all = concat_batches(&first.schema(), &self.letters)?;
        let order = sort_to_indices(&all[SEQ], Some(SortOptions::default()), Some(limit))?;
        let earliest = take_record_batch(&all, &order)?;
        let fit = fitting(&earliest)?;
        self.more |= fit < all.num_rows();
        self.letters = vec![earliest.slice(0, fit)];
        Ok(())
    }
}

/// How many letters fit into an answer, from the first one on; that one always does.
fn fitting(letters: &RecordBatch) -> Result<usize, ArrowError> {
    let mut bytes = 0;
    let fit = texts(letters, ORIGINAL)?.iter().take_while(|original| {
        bytes += original.map_or(0, str::len);
        bytes <= BYTES_MAX
    });
    Ok(fit.count().max(1).min(letters.num_rows()))
}

/// Letters of a shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundLetters {
    /// Arrow IPC stream of `_seq, table_name, source, source_row, reason, original` in order of
    /// arrival; empty where there are none.
    pub rows: Vec<u8>,
    /// Whether there are later ones.
    pub more: bool,
}

/// Letters at the snapshot's index, the earliest ones first.
///
/// # Errors
/// Corrupt, naming the object that is damaged; Unavailable where the store is.
pub async fn dead_letters(
    snapshot: &Snapshot,
    blocks: &BlockReader,
    wanted: &Letters,
) -> Result<FoundLetters, Error> {
    let end = RowSeq::end_of(snapshot.index).0;
    let table = snapshot.state.tables.get(DEAD_LETTERS);
    let table = table.cloned().unwrap_or_default();
    let mut page = Page::default();
    for hot in table.hot.iter().filter(|hot| hot.index <= snapshot.index) {
        for batch in &hot.batches {
            page.letters.push(wanted.of(&columns(batch)?, end)?);
        }
    }
    page.cut(wanted.limit)?;
    for run in &table.runs {
        for (number, section) in run.sections.iter().enumerate() {
            if section.seq.max <= wanted.after || section.seq.min >= end {
                continue;
            }
            let section = Section::new(blocks.clone(), Arc::clone(run), number);
            let rows = Cursor::open(section, Wanted::NobodyAfter(wanted.after)).await?;
            page.letters.extend(earliest(rows, wanted, end).await?);
            page.cut(wanted.limit)?;
        }
    }
    Ok(FoundLetters {
        rows: stream(&page.letters)?,
        more: page.more,
    })
}

/// One more letter of a section than are wanted, where there are as many: they lie in order of
/// arrival, so what comes later is not read.
async fn earliest(mut rows: Cursor, wanted: &Letters, end: i64) -> Result<Vec<RecordBatch>, Error> {
    let (mut letters, mut found) = (Vec::new(), 0);
    while found <= wanted.limit {
        let Some(batch) = rows.next().await? else {
            break;
        };
        let batch = wanted.of(&columns(&batch)?, end)?;
        found += batch.num_rows();
        letters.push(batch);
    }
    Ok(letters)
}

/// The columns of the answer.
fn columns(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let places: Result<Vec<usize>, _> = COLUMNS.iter().map(|name| schema.index_of(name)).collect();
    let chosen = batch.project(&places?)?;
    let fields = chosen.schema();
    // Whether a column may be null never makes other rows of them.
    let fields = fields
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true));
    let schema = arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), chosen.columns().to_vec())
}

fn stream(page: &[RecordBatch]) -> Result<Vec<u8>, ArrowError> {
    let Some(first) = page.first().filter(|first| first.num_rows() > 0) else {
        return Ok(Vec::new());
    };
    let mut writer = StreamWriter::try_new(Vec::new(), &first.schema())?;
    for batch in page {
        writer.write(batch)?;
    }
    writer.into_inner()
}
