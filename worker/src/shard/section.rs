//! A shard's section of a journal entry, decoded: people created, rows with their hidden columns.
//!
//! Owns `_seq` (from the entry's index and `_row`) and `_from`, and every check of bytes that came
//! from elsewhere. Keeps the columns of a stream as they come: tables are declared in the catalog,
//! which is not known here.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use tagma_core::catalog::CreatedPeople;
use tagma_core::id::RowSeq;
use tagma_core::journal::{self, PeopleMoves, decode_section};
use tagma_core::schema::{HIDDEN_COLUMNS, Name};
use tagma_core::{ErrorKind, LogIndex, OneId, ShardId};

use super::state::HotRows;

const ROW: &str = "_row";

/// What an entry brings to a shard.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// People that it creates.
    pub created: Option<CreatedPeople>,
    /// What else it does to people.
    pub people: PeopleMoves,
    /// Its rows by table; a table may come twice, new rows and rows that move in.
    pub tables: Vec<(Name, HotRows)>,
}

/// Why bytes are no section of the shard.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// They are not the bytes that were written.
    #[error("its checksum is {found:08x}, not {expected:08x}")]
    Checksum {
        /// Of the bytes.
        found: u32,
        /// As told.
        expected: u32,
    },
    /// The outline is damaged.
    #[error("its outline cannot be read")]
    Outline(#[from] journal::Error),
    /// A table's stream is damaged.
    #[error("its rows of table `{table}` cannot be decoded")]
    Stream {
        /// The table.
        table: Name,
        /// The decoder's word.
        #[source]
        source: ArrowError,
    },
    /// A table's rows are not what a section may hold.
    #[error("its rows of table `{table}` are wrong: {reason}")]
    Rows {
        /// The table.
        table: Name,
        /// What is wrong.
        reason: String,
    },
    /// It creates people elsewhere.
    #[error("it creates people of shard {found}")]
    Shard {
        /// The shard named.
        found: ShardId,
    },
}

impl Error {
    /// Corrupt, or Incompatible for a newer format.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Outline(error) => error.kind(),
            _ => ErrorKind::Corrupt,
        }
    }
}

/// Verifies and decodes the section of `shard` in entry `index`.
///
/// # Errors
/// [`Error`] for any bytes but those of a section of this shard.
pub(super) fn decode(
    shard: ShardId,
    index: LogIndex,
    bytes: &[u8],
    crc: u32,
) -> Result<Section, Error> {
    let found = crc32c::crc32c(bytes);
    if found != crc {
        return Err(Error::Checksum {
            found,
            expected: crc,
        });
    }
    let outline = decode_section(bytes)?;
    if let Some(created) = outline.created.filter(|created| created.shard != shard) {
        return Err(Error::Shard {
            found: created.shard,
        });
    }
    let mut section = Section {
        created: outline.created,
        people: outline.people,
        tables: Vec::with_capacity(outline.tables.len()),
    };
    let new = outline
        .tables
        .into_iter()
        .map(|(name, s)| (name, s, Arrival::New));
    let moved = outline
        .moved
        .into_iter()
        .map(|(name, s)| (name, s, Arrival::Moved));
    for (name, stream, arrival) in new.chain(moved) {
        let rows = decode_rows((shard, index), &name, stream, arrival)?;
        if rows.rows > 0 {
            section.tables.push((name, rows));
        }
    }
    Ok(section)
}

/// How rows come to the shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// Nobody had them before: they arrive with the entry.
    New,
    /// From other people: they keep their arrival and are visible here from the entry on.
    Moved,
}

fn decode_rows(
    (shard, index): (ShardId, LogIndex),
    table: &Name,
    stream: &[u8],
    arrival: Arrival,
) -> Result<HotRows, Error> {
    let damaged = |source| Error::Stream {
        table: table.clone(),
        source,
    };
    let mut batches = Vec::new();
    for batch in StreamReader::try_new(Cursor::new(stream), None).map_err(damaged)? {
        let batch = batch.map_err(damaged)?;
        if batch.num_rows() > 0 {
            let stored = with_hidden((shard, index), &batch, arrival);
            batches.push(stored.map_err(|reason| Error::Rows {
                table: table.clone(),
                reason,
            })?);
        }
    }
    Ok(HotRows {
        index,
        rows: batches.iter().map(RecordBatch::num_rows).sum(),
        batches,
        bytes: stream.len(),
    })
}

/// `batch` with [`HIDDEN_COLUMNS`] first and `_row` gone.
fn with_hidden(
    (shard, index): (ShardId, LogIndex),
    batch: &RecordBatch,
    arrival: Arrival,
) -> Result<RecordBatch, String> {
    let [oneid_name, seq_name, from_name, origin_name] = HIDDEN_COLUMNS;
    let oneid = whole_numbers(batch, oneid_name)?;
    check_owner(shard, oneid)?;
    let rows = batch.num_rows();
    let (seq, from): (Int64Array, ArrayRef) = match arrival {
        Arrival::New => (
            arrivals(index, whole_numbers(batch, ROW)?)?,
            new_null_array(&DataType::Int64, rows),
        ),
        Arrival::Moved => (
            earlier(index, whole_numbers(batch, seq_name)?)?,
            Arc::new(Int64Array::from_value(index.0.cast_signed(), rows)),
        ),
    };
    let seq: ArrayRef = Arc::new(seq);
    let origin = match batch.column_by_name(origin_name) {
        Some(_) => Arc::new(numbers(batch, origin_name)?.clone()) as ArrayRef,
        None => new_null_array(&DataType::Int64, rows),
    };
    let oneid = Arc::new(oneid.clone()) as ArrayRef;
    let mut columns = vec![oneid, seq, from, origin];
    let mut fields: Vec<Arc<Field>> = [
        (oneid_name, false),
        (seq_name, false),
        (from_name, true),
        (origin_name, true),
    ]
    .map(|(name, nullable)| Arc::new(Field::new(name, DataType::Int64, nullable)))
    .to_vec();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = field.name().as_str();
        if name != ROW && !HIDDEN_COLUMNS.contains(&name) {
            let (field, column) = as_stored(field, column)?;
            fields.push(field);
            columns.push(column);
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| e.to_string())
}

/// Whole numbers of any width as Int64, which is how they are stored; everything else as it is.
fn as_stored(field: &Arc<Field>, column: &ArrayRef) -> Result<(Arc<Field>, ArrayRef), String> {
    if !field.data_type().is_integer() || *field.data_type() == DataType::Int64 {
        return Ok((Arc::clone(field), Arc::clone(column)));
    }
    let stored = cast(column, &DataType::Int64).map_err(|error| error.to_string())?;
    let nullable = field.is_nullable() || stored.null_count() > 0;
    let field = Field::new(field.name(), DataType::Int64, nullable);
    Ok((Arc::new(field), stored))
}

fn numbers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array, String> {
    let column = batch.column_by_name(name);
    let column = column.ok_or_else(|| format!("there is no column `{name}`"))?;
    column
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| format!("column `{name}` is {}, not Int64", column.data_type()))
}

fn whole_numbers<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array, String> {
    let column = numbers(batch, name)?;
    match column.null_count() {
        0 => Ok(column),
        nulls => Err(format!("column `{name}` is null in {nulls} rows")),
    }
}

/// Rows belong to people of the shard; those of nobody (0) are dead letters.
fn check_owner(shard: ShardId, oneid: &Int64Array) -> Result<(), String> {
    let of_shard = |raw: i64| OneId::from_i64(raw).is_some_and(|id| id.shard() == shard);
    match oneid
        .values()
        .iter()
        .find(|raw| **raw != 0 && !of_shard(**raw))
    {
        None => Ok(()),
        Some(raw) => Err(format!("oneid {raw} is of another shard")),
    }
}

fn arrivals(index: LogIndex, rows: &Int64Array) -> Result<Int64Array, String> {
    let arrival = |row: &i64| {
        let seq = u32::try_from(*row)
            .ok()
            .and_then(|row| RowSeq::new(index, row));
        seq.map(|seq| seq.0)
            .ok_or_else(|| format!("row {row} of the entry is out of range"))
    };
    let arrivals: Result<Vec<i64>, String> = rows.values().iter().map(arrival).collect();
    Ok(Int64Array::from(arrivals?))
}

/// Arrivals of rows that move: all before the entry.
fn earlier(index: LogIndex, seqs: &Int64Array) -> Result<Int64Array, String> {
    let is_earlier = |seq: &&i64| (0..index.0).contains(&RowSeq(**seq).index().0);
    match seqs.values().iter().find(|seq| !is_earlier(seq)) {
        None => Ok(seqs.clone()),
        Some(seq) => Err(format!(
            "arrival {seq} of a row that moves is not before the entry"
        )),
    }
}
