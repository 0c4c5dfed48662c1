//! From rows that leave people to the object of the entry that moves them: how merges land.
//!
//! Owns where rows go: to whom the OneID that they came in under means when the entry is built.
//! They keep that OneID and their arrival.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::Cursor,
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, UInt32Array},
    compute::take_record_batch,
    datatypes::Int64Type,
    error::ArrowError,
    ipc::{reader::StreamReader, writer::StreamWriter},
};
use bytes::Bytes;
use tagma_core::{
    ErrorKind, LogIndex, OneId, ShardId, Term,
    catalog::PeopleList,
    journal::{Departure, SectionParts},
    schema::{HIDDEN_COLUMNS, Name},
};
use tagma_identity::{ForestChange, IdentityMap, LayerBuilder};

use super::people::BuiltPeople;
use crate::error::{Error, Result};

/// Rows that leave people, as their shard's owner collected them.
#[derive(Debug, Clone)]
pub(crate) struct Leaving {
    /// Those all of whose rows leave; none of theirs can arrive any more.
    pub(crate) people: Vec<OneId>,
    /// Somebody whose rows before a `_seq` leave: all are too many for one entry.
    pub(crate) portion: Option<(OneId, i64)>,
    /// An unmerge whose rows come back; nobody else's do then.
    pub(crate) back: Option<Returning>,
    /// Index at which the rows were read.
    pub(crate) read_at: LogIndex,
    /// (table, Arrow IPC stream): `oneid`, `_seq`, `_origin`, the columns.
    pub(crate) tables: Vec<(Name, Bytes)>,
}

/// Rows that come back to somebody who was merged away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returning {
    /// Who is alive again.
    pub(crate) person: OneId,
    /// Who has the rows.
    pub(crate) holder: OneId,
    /// The OneIDs that they came in under.
    pub(crate) origins: Vec<OneId>,
    /// Those that arrived before this `_seq` are collected.
    pub(crate) below: i64,
    /// Whether no more are left.
    pub(crate) is_all: bool,
}

/// Lays out the landing of `leaving` upon `map`, staged layers included.
///
/// # Errors
/// Corrupt where the rows are not as workers send them, Conflict where somebody is not merged.
pub(super) fn build_landing(
    leaving: &Leaving,
    map: &IdentityMap,
    place: (Term, u64),
) -> Result<BuiltPeople> {
    let mut sections: BTreeMap<ShardId, SectionParts> = BTreeMap::new();
    let mut layer = LayerBuilder::new(1, map.creation_count());
    let whole = leaving.people.iter().map(|person| (*person, None));
    let portion = leaving.portion.map(|(person, below)| (person, Some(below)));
    for (person, below) in whole.chain(portion) {
        if map.forest().root(person) == person {
            let message = format!("{person} is not merged into anybody");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if below.is_none() {
            layer.change(ForestChange::Landed { loser: person });
        }
        let section = sections.entry(person.shard()).or_default();
        section.people.left.push(Departure {
            below,
            ..Departure::of_all(person.ordinal())
        });
    }
    if let Some(back) = &leaving.back {
        let section = sections.entry(back.holder.shard()).or_default();
        section.people.left.push(Departure {
            ordinal: back.holder.ordinal(),
            origins: Some(back.origins.clone()),
            below: Some(back.below),
        });
    }
    for (table, stream) in &leaving.tables {
        let moved = by_shard(stream, map).map_err(|error| unreadable(table, &error))?;
        for (shard, stream) in moved {
            let section = sections.entry(shard).or_default();
            section.moved.push((table.clone(), stream));
        }
    }
    let layer = layer.finish();
    let layer = layer.map_err(|error| Error::wrap(error.kind(), &error))?;
    let mut built = BuiltPeople::new(place, layer, &sections);
    let entry = &mut built.entry;
    entry.landed = PeopleList::new(leaving.people.iter().copied());
    entry.portions = PeopleList::new(leaving.portion.map(|(person, _)| person));
    entry.returned = returned(leaving, true);
    entry.returned_in_part = returned(leaving, false);
    entry.read_at = leaving.read_at;
    Ok(built)
}

fn returned(leaving: &Leaving, is_all: bool) -> PeopleList {
    let back = leaving.back.iter().filter(|back| back.is_all == is_all);
    PeopleList::new(back.map(|back| back.person))
}

fn unreadable(table: &Name, error: &ArrowError) -> Error {
    let message = format!("rows of `{table}` that move cannot be read: {error}");
    Error::new(ErrorKind::Corrupt, message)
}

/// The rows of a stream under the OneIDs that they go to, a stream for each shard.
fn by_shard(
    stream: &[u8],
    map: &IdentityMap,
) -> std::result::Result<Vec<(ShardId, Vec<u8>)>, ArrowError> {
    let mut writers: BTreeMap<ShardId, StreamWriter<Vec<u8>>> = BTreeMap::new();
    for batch in StreamReader::try_new(Cursor::new(stream), None)? {
        for (shard, rows) in addressed(&batch?, map)? {
            let writer = match writers.entry(shard) {
                Entry::Occupied(writer) => writer.into_mut(),
                Entry::Vacant(empty) => {
                    empty.insert(StreamWriter::try_new(Vec::new(), rows.schema_ref())?)
                }
            };
            writer.write(&rows)?;
        }
    }
    let streams = writers.into_iter();
    streams
        .map(|(shard, writer)| Ok((shard, writer.into_inner()?)))
        .collect()
}

fn addressed(
    batch: &RecordBatch,
    map: &IdentityMap,
) -> std::result::Result<Vec<(ShardId, RecordBatch)>, ArrowError> {
    let [oneid, _, _, origin] = HIDDEN_COLUMNS;
    let (place, came_under) = (
        batch.schema().index_of(oneid)?,
        batch.schema().index_of(origin)?,
    );
    let origins = batch.column(came_under).as_primitive_opt::<Int64Type>();
    let origins = origins.filter(|origins| origins.null_count() == 0);
    let wrong = || ArrowError::SchemaError(format!("{origin} is no whole number"));
    let mut rows: BTreeMap<ShardId, (Vec<u32>, Vec<i64>)> = BTreeMap::new();
    for (row, origin) in (0..).zip(origins.ok_or_else(wrong)?.values()) {
        let origin = OneId::from_i64(*origin).ok_or_else(wrong)?;
        let person = map.forest().root(origin);
        let (take, people) = rows.entry(person.shard()).or_default();
        take.push(row);
        people.push(person.get());
    }
    let mut parts = Vec::with_capacity(rows.len());
    for (shard, (take, people)) in rows {
        let taken = take_record_batch(batch, &UInt32Array::from(take))?;
        let mut columns: Vec<ArrayRef> = taken.columns().to_vec();
        columns[place] = Arc::new(Int64Array::from(people));
        parts.push((shard, RecordBatch::try_new(taken.schema(), columns)?));
    }
    Ok(parts)
}
