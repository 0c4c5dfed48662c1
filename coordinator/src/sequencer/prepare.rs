//! From a client's rows to a write that the sequencer can resolve: types checked, identifiers
//! normalised and hashed, rows that cannot count set aside.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::{DataType, Float64Type, TimestampMicrosecondType},
    ipc::reader::StreamReader,
};
use imbl::OrdMap;
use tagma_core::{
    ErrorKind,
    catalog::{Catalog, ProducerId},
    limits::{REFERENCE_BYTES_MAX, REFERENCE_COPIES_BYTES_MAX, ROWS_PER_ENTRY_MAX},
    schema::{IdentifierType, Name, TableSchema},
};
use tagma_identity::{HashKey, Normalized, RecordIdentifier, TypeRule};

use super::{original, rows};
use crate::error::{Error, Result};

/// Microseconds of 0001-01-01 and of the end of 9999.
const TIMESTAMP_RANGE: std::ops::RangeInclusive<i64> =
    -62_135_596_800_000_000..=253_402_300_799_999_999;

/// A client's request as it came.
#[derive(Debug)]
pub(crate) struct RawWrite {
    /// Who sends.
    pub(crate) producer: ProducerId,
    /// Under which epoch.
    pub(crate) epoch: u64,
    /// The producer's next sequence.
    pub(crate) sequence: u64,
    /// The table's name.
    pub(crate) table: String,
    /// Arrow IPC stream.
    pub(crate) rows_ipc: bytes::Bytes,
    /// Number of the first row in the source.
    pub(crate) first_row: u64,
    /// Row numbers where they are not consecutive.
    pub(crate) source_rows: Vec<u64>,
    /// Rows that the client could not read.
    pub(crate) rejected: Vec<DeadRow>,
}

/// A row that goes to no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeadRow {
    /// Its number in the source.
    pub(crate) source_row: u64,
    /// Why.
    pub(crate) reason: String,
    /// The row as it came.
    pub(crate) original: String,
}

/// A write that is ready to be resolved.
#[derive(Debug)]
pub(crate) struct PreparedWrite {
    /// Who sends.
    pub(crate) producer: ProducerId,
    /// Under which epoch.
    pub(crate) epoch: u64,
    /// The producer's next sequence.
    pub(crate) sequence: u64,
    /// Where the rows come from, for dead letters.
    pub(crate) source: String,
    /// The table.
    pub(crate) table: Arc<TableSchema>,
    /// Stored columns of the rows that count, in the schema's order.
    pub(crate) columns: RecordBatch,
    /// Source row numbers of the same rows.
    pub(crate) source_rows: Vec<u64>,
    /// Identifiers of the same rows, one row after the other.
    pub(crate) identifiers: Vec<KnownAs>,
    /// Where each row's identifiers end; empty where rows are of nobody: they are not resolved.
    pub(crate) ends: Vec<usize>,
    /// Rows that go to no table.
    pub(crate) dead: Vec<DeadRow>,
    /// Bytes of the request.
    pub(crate) bytes: usize,
    /// How often its rows lie in the batch: once for each shard, where they are of nobody.
    pub(crate) copies: usize,
    /// The request, to be prepared again where definitions have changed since.
    pub(super) raw: Arc<RawWrite>,
    /// The identifier types that it was prepared by.
    pub(super) types: OrdMap<Name, IdentifierType>,
}

impl PreparedWrite {
    /// Identifiers of a row.
    pub(super) fn identifiers_of(&self, row: usize) -> &[KnownAs] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.identifiers[start..self.ends[row]]
    }
}

/// An identifier of a row: the hash that counts, and the value for the `identities` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownAs {
    /// Type, priority, hash.
    pub(crate) identifier: RecordIdentifier,
    /// Normalised value.
    pub(crate) value: String,
}

/// Prepares writes by the definitions of one catalog.
pub(crate) struct Preparer<'a> {
    catalog: &'a Catalog,
    key: &'a HashKey,
}

/// An identifier column of a request: the rule of its type, and its position.
struct IdentifierColumn {
    rule: TypeRule,
    name: String,
    position: usize,
}

impl PreparedWrite {
    /// Whether `catalog` has the very definitions that this was prepared by.
    pub(super) fn is_current(&self, catalog: &Catalog) -> bool {
        let table = catalog.table_at(self.table.name.as_str(), catalog.applied);
        table == Some(self.table.as_ref())
            && (self.types.ptr_eq(&catalog.identifiers) || self.types == catalog.identifiers)
    }
}

impl<'a> Preparer<'a> {
    /// Prepares by `catalog`, hashing with `key`.
    pub(crate) fn new(catalog: &'a Catalog, key: &'a HashKey) -> Self {
        Self { catalog, key }
    }

    /// Checks types, normalises, hashes.
    ///
    /// # Errors
    /// NotFound for an unknown table or producer, Invalid for rows of other columns or types.
    pub(crate) fn prepare(&self, raw: impl Into<Arc<RawWrite>>) -> Result<PreparedWrite> {
        let raw = raw.into();
        let table = self.table(&raw.table)?;
        let bytes = raw.rows_ipc.len();
        let rows = read_rows(&raw.rows_ipc)?;
        refuse_too_many(rows.num_rows() + raw.rejected.len())?;
        let columns = rows::stored_columns(&table, &rows)?;
        let copies = self.copies(&raw, &table)?;
        let identifier_columns = self.identifier_columns(&table, &rows)?;
        let key = RowKey::of(&table, &columns);
        let numbers = source_rows(&raw, rows.num_rows())?;
        let mut write = PreparedWrite {
            producer: raw.producer,
            epoch: raw.epoch,
            sequence: raw.sequence,
            source: self.source(raw.producer)?,
            table: table.clone(),
            columns: columns.slice(0, 0),
            source_rows: Vec::with_capacity(rows.num_rows()),
            identifiers: Vec::with_capacity(rows.num_rows() * identifier_columns.len()),
            ends: Vec::with_capacity(rows.num_rows()),
            dead: raw.rejected.clone(),
            bytes,
            copies,
            raw,
            types: self.catalog.identifiers.clone(),
        };
        let mut counts = Vec::with_capacity(rows.num_rows());
        for (row, number) in numbers.into_iter().enumerate() {
            let unfit = bad_value(&columns, row).or_else(|| key.missing(row));
            let verdict = match unfit {
                Some(reason) => Err(reason),
                None if !write.table.kind.is_of_people() => Ok(()),
                None => self.identify(&rows, row, &identifier_columns, &mut write),
            };
            counts.push(verdict.is_ok());
            match verdict {
                Ok(()) => {
                    write.source_rows.push(number);
                    if write.table.kind.is_of_people() {
                        write.ends.push(write.identifiers.len());
                    }
                }
                Err(reason) => {
                    let original = original::of_row(&rows, row);
                    write.dead.push(DeadRow {
                        source_row: number,
                        reason,
                        original,
                    });
                }
            }
        }
        write.dead.sort_by_key(|dead| dead.source_row);
        write.columns = filter_record_batch(&columns, &BooleanArray::from(counts))
            .map_err(|error| Error::wrap(ErrorKind::Internal, &error))?;
        Ok(write)
    }

    fn table(&self, name: &str) -> Result<Arc<TableSchema>> {
        let folded = name.to_lowercase();
        let found = self.catalog.table_at(&folded, self.catalog.applied);
        found.cloned().map(Arc::new).ok_or_else(|| {
            let message = format!("there is no table `{name}`: declare it, or load with --create");
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// How often the rows of a request are stored.
    ///
    /// # Errors
    /// Exhausted where a reference table would become too large to be copied to every shard.
    fn copies(&self, raw: &RawWrite, table: &TableSchema) -> Result<usize> {
        if table.kind.is_of_people() {
            return Ok(1);
        }
        let cluster = self.catalog.cluster.as_ref();
        let shards = cluster.map_or(1, |cluster| cluster.shard_count.max(1));
        let producer = self.catalog.producers.get(&raw.producer);
        let is_taken = producer.is_some_and(|producer| raw.sequence <= producer.last_sequence);
        let bytes = raw.rows_ipc.len() as u64;
        let exhausted = |message| Err(Error::new(ErrorKind::Exhausted, message));
        if bytes > REFERENCE_COPIES_BYTES_MAX / u64::from(shards) {
            return exhausted(format!(
                "a request of {bytes} bytes for reference table `{}`, which has a copy on each of \
                 {shards} shards: all copies of a request may have \
                 {REFERENCE_COPIES_BYTES_MAX} bytes; send less at once, or make it a keyed table",
                table.name
            ));
        }
        let stored = self.catalog.rows_of(&table.name).bytes;
        // A repeated request gets its first answer.
        if !is_taken && stored + bytes > REFERENCE_BYTES_MAX {
            return exhausted(format!(
                "reference table `{}` would have {} bytes, all versions of its rows counted, and \
                 may have {REFERENCE_BYTES_MAX}, since every shard has a copy: load into a new \
                 one, or make it a keyed table, whose rows are those of people",
                table.name,
                stored + bytes
            ));
        }
        Ok(usize::from(shards))
    }

    fn source(&self, producer: ProducerId) -> Result<String> {
        let known = self.catalog.producers.get(&producer).ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("producer {} is unknown", producer.0),
            )
        })?;
        Ok(known
            .load
            .as_ref()
            .map_or_else(|| known.name.clone(), |load| load.file.clone()))
    }

    fn identifier_columns(
        &self,
        table: &TableSchema,
        rows: &RecordBatch,
    ) -> Result<Vec<IdentifierColumn>> {
        let mut columns = Vec::new();
        for (type_name, column) in &table.identifiers {
            let declared = self.catalog.identifiers.get(type_name).ok_or_else(|| {
                let message = format!("identifier type `{type_name}` is not declared");
                Error::new(ErrorKind::NotFound, message)
            })?;
            let Ok(position) = rows.schema().index_of(column.as_str()) else {
                continue;
            };
            if rows.column(position).data_type() != &DataType::Utf8 {
                let message = format!("identifier column `{column}` must be sent as text");
                return Err(Error::new(ErrorKind::Invalid, message));
            }
            let rule = TypeRule::new(declared).map_err(|e| Error::wrap(e.kind(), &e))?;
            columns.push(IdentifierColumn {
                rule,
                name: column.to_string(),
                position,
            });
        }
        Ok(columns)
    }

    /// Adds the row's identifiers; the reason where none is usable.
    fn identify(
        &self,
        rows: &RecordBatch,
        row: usize,
        columns: &[IdentifierColumn],
        write: &mut PreparedWrite,
    ) -> Result<(), String> {
        let start = write.identifiers.len();
        let mut unusable = Vec::new();
        for column in columns {
            let values = rows.column(column.position).as_string::<i32>();
            if values.is_null(row) {
                continue;
            }
            match column.rule.normalize(values.value(row)) {
                Normalized::Value(value) => {
                    let number = column.rule.number();
                    let identifier = RecordIdentifier {
                        type_number: number,
                        priority: column.rule.priority(),
                        hash: self.key.hash(number, value.as_bytes()),
                    };
                    let value = value.into_owned();
                    write.identifiers.push(KnownAs { identifier, value });
                }
                Normalized::Empty => {}
                Normalized::Blocked(reason) | Normalized::Invalid(reason) => {
                    unusable.push(format!("`{}` is {reason}", column.name));
                }
            }
        }
        match (write.identifiers.len() > start, unusable.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err("no identifier: every identifier column is empty".to_owned()),
            (false, false) => Err(format!("no usable identifier: {}", unusable.join("; "))),
        }
    }
}

/// The columns of the key of rows with one.
struct RowKey<'a>(Vec<(&'a Name, &'a ArrayRef)>);

impl<'a> RowKey<'a> {
    fn of(table: &'a TableSchema, columns: &'a RecordBatch) -> Self {
        let key = table.key.iter();
        Self(
            key.filter_map(|name| Some((name, columns.column_by_name(name.as_str())?)))
                .collect(),
        )
    }

    /// Why the row replaces nothing and is replaced by nothing, if so.
    fn missing(&self, row: usize) -> Option<String> {
        let missing = self.0.iter().find(|(_, column)| column.is_null(row));
        missing.map(|(name, _)| format!("column `{name}` is empty, and it is part of the key"))
    }
}

fn read_rows(stream: &bytes::Bytes) -> Result<RecordBatch> {
    let unreadable = |error: arrow::error::ArrowError| {
        Error::new(
            ErrorKind::Invalid,
            format!("rows are no Arrow IPC stream: {error}"),
        )
    };
    let reader = StreamReader::try_new(std::io::Cursor::new(stream), None).map_err(unreadable)?;
    let schema = reader.schema();
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(unreadable)?;
    arrow::compute::concat_batches(&schema, &batches).map_err(unreadable)
}

/// A batch closes at half of what an entry can number, so no request may have more than that.
fn refuse_too_many(rows: usize) -> Result<()> {
    let most = ROWS_PER_ENTRY_MAX as usize / 2;
    if rows <= most {
        return Ok(());
    }
    let message = format!("{rows} rows in one request: at most {most} are possible, send less");
    Err(Error::new(ErrorKind::Invalid, message))
}

fn source_rows(raw: &RawWrite, rows: usize) -> Result<Vec<u64>> {
    if raw.source_rows.is_empty() {
        return Ok((0..rows as u64)
            .map(|row| raw.first_row.saturating_add(row))
            .collect());
    }
    if raw.source_rows.len() != rows {
        let message = format!("{} row numbers for {rows} rows", raw.source_rows.len());
        return Err(Error::new(ErrorKind::Invalid, message));
    }
    Ok(raw.source_rows.clone())
}

/// Why a value of the row cannot be stored, if one cannot.
fn bad_value(columns: &RecordBatch, row: usize) -> Option<String> {
    columns
        .columns()
        .iter()
        .zip(columns.schema_ref().fields())
        .find_map(|(column, field)| {
            if column.is_null(row) {
                return None;
            }
            match column.data_type() {
                DataType::Float64 => {
                    let value = column.as_primitive::<Float64Type>().value(row);
                    (!value.is_finite()).then(|| format!("column `{}`: {value}", field.name()))
                }
                DataType::Timestamp(..) => {
                    let value = column.as_primitive::<TimestampMicrosecondType>().value(row);
                    let inside = TIMESTAMP_RANGE.contains(&value);
                    (!inside).then(|| format!("column `{}`: outside years 1 to 9999", field.name()))
                }
                _ => None,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_never_has_more_rows_than_its_entry_can_number() {
        let most = ROWS_PER_ENTRY_MAX as usize / 2;
        assert!(refuse_too_many(most).is_ok());
        let error = refuse_too_many(most + 1).expect_err("too many");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
