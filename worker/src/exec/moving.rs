//! Rows that are about to move: those of people who are merged away or given back.
//!
//! Owns what a landing carries: every visible row of the people asked for, of every table, with
//! its arrival and the OneID that it came in under. Must not decide where rows go.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use tagma_core::id::RowSeq;
use tagma_core::limits::BATCH_BYTES;
use tagma_core::schema::{HIDDEN_COLUMNS, Name};
use tagma_core::{LogIndex, OneId};
use tagma_sql::columns::numbers;
use tagma_sql::run::BlockReader;

use super::section_cursor::{Cursor, Section, Wanted};
use super::snapshot::Snapshot;
use super::stored_rows::Error;
use crate::shard::TableState;

/// Whose rows move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// The person.
    pub person: OneId,
    /// Only rows that came in under these OneIDs; empty: all.
    pub origins: Vec<OneId>,
}

/// Which rows are collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collect {
    /// Whose, ascending by person.
    pub leavers: Vec<Leaver>,
    /// Of these tables; empty: of all.
    pub tables: Vec<String>,
    /// Until there are so many bytes; 0: as many as a batch may have.
    pub bytes_max: usize,
}

/// Rows that move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moving {
    /// How many of the people asked for are in as a whole, from the first one on.
    pub people: usize,
    /// Set where the first one alone has more rows than fit: those are in that arrived before this
    /// `_seq`.
    pub below: Option<i64>,
    /// (table, Arrow IPC stream): `oneid`, `_seq`, `_origin` (never null), the columns. A table
    /// comes once for each schema that its rows have.
    pub tables: Vec<(Name, Vec<u8>)>,
}

/// Collects rows at the snapshot's index: of as many people, from the first one on, as fit into
/// the limit; where not even one fits, the first one's earliest rows.
///
/// # Errors
/// See `Error`.
pub async fn collect_rows(
    snapshot: &Snapshot,
    blocks: &BlockReader,
    collect: &Collect,
) -> Result<Moving, Error> {
    let leavers = collect.leavers.as_slice();
    let people: Vec<i64> = leavers.iter().map(|leaver| leaver.person.get()).collect();
    let choice = Choice {
        index: snapshot.index,
        leavers,
        people: &people,
    };
    let mut rows: Vec<(Name, RecordBatch)> = Vec::new();
    let is_asked = |name: &Name| {
        collect.tables.is_empty() || collect.tables.iter().any(|asked| asked == name.as_str())
    };
    let tables = snapshot.state.tables.iter();
    for (name, table) in tables.filter(|(name, _)| is_asked(name)) {
        for batch in batches(snapshot, table, blocks, &people).await? {
            let staying = snapshot.state.departed.staying(batch, snapshot.index)?;
            let chosen = choice.rows(&staying)?;
            if chosen.num_rows() > 0 {
                rows.push((name.clone(), chosen));
            }
        }
    }
    let bytes_max = match collect.bytes_max {
        0 => BATCH_BYTES,
        bytes => bytes,
    };
    let fitting = fitting(&people, &rows, bytes_max)?;
    let below = match (fitting, people.first()) {
        (0, Some(first)) => Some(portion(*first, &rows, bytes_max)?),
        _ => None,
    };
    let last = people.get(fitting.saturating_sub(1));
    let cut = Cut {
        last: last.copied().unwrap_or(i64::MIN),
        below: below.unwrap_or(i64::MAX),
    };
    Ok(Moving {
        people: fitting,
        below,
        tables: streams(rows, cut)?,
    })
}

/// Stored rows among which those of `people` are.
async fn batches(
    snapshot: &Snapshot,
    table: &TableState,
    blocks: &BlockReader,
    people: &[i64],
) -> Result<Vec<RecordBatch>, Error> {
    let hot = table.hot.iter().filter(|hot| hot.index <= snapshot.index);
    let mut found: Vec<RecordBatch> = hot.flat_map(|hot| hot.batches.iter().cloned()).collect();
    let wanted = Wanted::These(people);
    let end = RowSeq::end_of(snapshot.index).0;
    for run in &table.runs {
        for (number, section) in run.sections.iter().enumerate() {
            if section.seq.min < end && wanted.any_within(section.oneid.min, section.oneid.max) {
                let section = Section::new(blocks.clone(), Arc::clone(run), number);
                let mut cursor = Cursor::open(section, wanted).await?;
                found.extend(cursor.through(i64::MAX).await?);
            }
        }
    }
    Ok(found)
}

struct Choice<'a> {
    index: LogIndex,
    leavers: &'a [Leaver],
    people: &'a [i64],
}

impl Choice<'_> {
    /// The rows that move, laid out as [`Moving`] says.
    fn rows(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let [oneid, seq, from, origin] = HIDDEN_COLUMNS;
        let (oneids, seqs) = (numbers(batch, oneid)?, numbers(batch, seq)?);
        let (froms, origins) = (numbers(batch, from)?, numbers(batch, origin)?);
        let (end, last_from) = (RowSeq::end_of(self.index).0, self.index.0.cast_signed());
        let origin_of = |row: usize| match origins.is_valid(row) {
            true => origins.value(row),
            false => oneids.value(row),
        };
        let moves = |row: usize| {
            let arrived = seqs.value(row) < end;
            let here = froms.is_null(row) || froms.value(row) <= last_from;
            arrived && here && self.is_meant(oneids.value(row), origin_of(row))
        };
        let mask: BooleanArray = (0..batch.num_rows()).map(|row| Some(moves(row))).collect();
        let came_under: Int64Array = (0..batch.num_rows()).map(origin_of).collect();
        filter_record_batch(&laid_out(batch, came_under)?, &mask)
    }

    fn is_meant(&self, oneid: i64, origin: i64) -> bool {
        let Ok(place) = self.people.binary_search(&oneid) else {
            return false;
        };
        let origins = &self.leavers[place].origins;
        origins.is_empty() || origins.iter().any(|meant| meant.get() == origin)
    }
}

fn laid_out(batch: &RecordBatch, origins: Int64Array) -> Result<RecordBatch, ArrowError> {
    let [oneid, seq, _, origin] = HIDDEN_COLUMNS;
    let whole = |name: &str| Field::new(name, DataType::Int64, false);
    let mut fields = vec![
        Arc::new(whole(oneid)),
        Arc::new(whole(seq)),
        Arc::new(whole(origin)),
    ];
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(numbers(batch, oneid)?.clone()),
        Arc::new(numbers(batch, seq)?.clone()),
        Arc::new(origins),
    ];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if !HIDDEN_COLUMNS.contains(&field.name().as_str()) {
            // Whether a column may be null never makes another stream of it.
            fields.push(Arc::new(field.as_ref().clone().with_nullable(true)));
            columns.push(Arc::clone(column));
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// How many people fit, from the first one on.
fn fitting(
    people: &[i64],
    rows: &[(Name, RecordBatch)],
    bytes_max: usize,
) -> Result<usize, ArrowError> {
    let mut bytes = vec![0; people.len()];
    for (_, batch) in rows {
        let each = row_bytes(batch);
        for oneid in numbers(batch, HIDDEN_COLUMNS[0])?.values() {
            if let Ok(place) = people.binary_search(oneid) {
                bytes[place] += each;
            }
        }
    }
    let sums = bytes.iter().scan(0, |sum, bytes| {
        *sum += bytes;
        Some(*sum)
    });
    Ok(sums.take_while(|sum| *sum <= bytes_max).count())
}

/// The `_seq` below which the rows of a person fit: at least those of the earliest one.
fn portion(person: i64, rows: &[(Name, RecordBatch)], bytes_max: usize) -> Result<i64, ArrowError> {
    let mut arrivals: Vec<(i64, usize)> = Vec::new();
    for (_, batch) in rows {
        let [oneid, seq, ..] = HIDDEN_COLUMNS;
        let (oneids, seqs) = (numbers(batch, oneid)?, numbers(batch, seq)?);
        let each = row_bytes(batch);
        let own = oneids.values().iter().zip(seqs.values());
        arrivals.extend(
            own.filter(|(oneid, _)| **oneid == person)
                .map(|(_, seq)| (*seq, each)),
        );
    }
    arrivals.sort_unstable();
    let earliest = arrivals.first().map_or(i64::MIN, |(seq, _)| *seq);
    let mut bytes = 0;
    let beyond = arrivals.iter().find(|(_, each)| {
        bytes += each;
        bytes > bytes_max
    });
    Ok(beyond.map_or(i64::MAX, |(seq, _)| (*seq).max(earliest + 1)))
}

/// Bytes of a row of a batch, on average.
fn row_bytes(batch: &RecordBatch) -> usize {
    batch.get_array_memory_size() / batch.num_rows().max(1) + 1
}

/// Which of the collected rows go along.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// Those of people up to this one.
    last: i64,
    /// Those that arrived before.
    below: i64,
}

/// A stream that is being written, and the schema of its rows.
type OpenStream = (SchemaRef, StreamWriter<Vec<u8>>);

/// One stream per table and schema.
fn streams(rows: Vec<(Name, RecordBatch)>, cut: Cut) -> Result<Vec<(Name, Vec<u8>)>, Error> {
    let mut streams: BTreeMap<Name, Vec<OpenStream>> = BTreeMap::new();
    for (name, batch) in rows {
        let [oneid, seq, ..] = HIDDEN_COLUMNS;
        let oneids = numbers(&batch, oneid)?.values().iter();
        let rows = oneids.zip(numbers(&batch, seq)?.values());
        let goes = rows.map(|(oneid, seq)| Some(*oneid <= cut.last && *seq < cut.below));
        let mask: BooleanArray = goes.collect();
        let batch = filter_record_batch(&batch, &mask)?;
        if batch.num_rows() == 0 {
            continue;
        }
        let writers = streams.entry(name).or_default();
        let schema = batch.schema();
        match writers.iter_mut().find(|(known, _)| *known == schema) {
            Some((_, writer)) => writer.write(&batch)?,
            None => {
                let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
                writer.write(&batch)?;
                writers.push((schema, writer));
            }
        }
    }
    let mut tables = Vec::new();
    for (name, writers) in streams {
        for (_, writer) in writers {
            tables.push((name.clone(), writer.into_inner()?));
        }
    }
    Ok(tables)
}
