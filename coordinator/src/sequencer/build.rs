//! From prepared writes to one journal object: people resolved, rows addressed to shards.
//!
//! Owns the order: resolve first, then address every row to whom it belongs at the end of the
//! batch, since a later record of the batch may merge people.

use std::{collections::BTreeMap, sync::Arc};

use arrow::error::ArrowError;
use tagma_core::{
    ErrorKind, OneId, ShardId, Term,
    catalog::{BatchRequest, CreatedPeople, PeopleList, RuleCounts, TableRows},
    schema::Name,
};
use tagma_identity::{IdentityMap, Layer, Merge, Placement, Records, Resolved, Resolver, Rules};

use super::{
    batch_rows::{BatchRows, MergeRow},
    prepare::PreparedWrite,
};
use crate::{
    error::{Error, Result},
    journal::JournalObject,
};

/// A batch that is ready to be put.
#[derive(Debug)]
pub(super) struct Built {
    /// The object.
    pub(super) object: JournalObject,
    /// What it adds to the identity map; `None`: nothing.
    pub(super) layer: Option<Arc<Layer>>,
    /// People created, ascending by shard.
    pub(super) created: Vec<CreatedPeople>,
    /// People merged away whose rows have still to move.
    pub(super) decided: PeopleList,
    /// How often each rule fired.
    pub(super) rules: RuleCounts,
    /// One per write, in order.
    pub(super) requests: Vec<BatchRequest>,
    /// What comes to each table.
    pub(super) tables: Vec<TableRows>,
}

/// What a batch is built upon.
pub(super) struct Ground {
    /// Identity with all staged layers.
    pub(super) map: IdentityMap,
    /// Where the next person goes.
    pub(super) placement: Placement,
    /// What keeps people apart.
    pub(super) rules: Rules,
    /// UTC days since 1970 of the batch.
    pub(super) day: i32,
    /// Names of identifier types by number.
    pub(super) type_names: BTreeMap<u16, Name>,
    /// Part of the object's key.
    pub(super) term: Term,
    /// Part of the object's key.
    pub(super) chain: u64,
}

/// Resolves `writes` in order and lays out their object.
///
/// # Errors
/// Exhausted where a shard is full, Corrupt where the identity map is damaged.
pub(super) fn build(writes: &[PreparedWrite], ground: &mut Ground) -> Result<Built> {
    let resolved = resolve(writes, ground)?;
    let mut batch = BatchRows::new(
        ground.placement.shard_count,
        ground.chain,
        &resolved.layer,
        &ground.type_names,
    );
    let mut requests = Vec::with_capacity(writes.len());
    let mut rest = resolved.resolutions.as_slice();
    for write in writes {
        let (own, later) = rest.split_at(write.ends.len());
        rest = later;
        requests.push(batch.add(write, own).map_err(internal)?);
    }
    for merge in merge_rows(writes, &resolved) {
        batch.merged(&merge);
    }
    let created = created_people(resolved.layer.people());
    let absorbed = resolved.merges.iter().filter(|merge| merge.landed);
    let absorbed: Vec<OneId> = absorbed.map(|merge| merge.loser).collect();
    let shards = batch.finish(&created, &absorbed).map_err(internal)?;
    let decided = resolved.merges.iter().filter(|merge| !merge.landed);
    let decided = PeopleList::new(decided.map(|merge| merge.loser));
    let rules = rule_counts(&resolved);
    let layer = (!resolved.layer.is_empty()).then(|| Arc::new(resolved.layer));
    let identity = layer
        .as_ref()
        .map(|layer| layer.encode())
        .unwrap_or_default();
    let object = JournalObject::encode(ground.term, ground.chain, &shards, &identity);
    Ok(Built {
        object,
        layer,
        created,
        decided,
        rules,
        tables: table_rows(writes, &requests),
        requests,
    })
}

fn resolve(writes: &[PreparedWrite], ground: &mut Ground) -> Result<Resolved> {
    let mut records = Records::new();
    for write in writes {
        for row in 0..write.ends.len() {
            let known = write.identifiers_of(row).iter();
            records.push(known.map(|known| known.identifier));
        }
    }
    let (map, placement) = (&ground.map, &mut ground.placement);
    Resolver::new()
        .resolve(map, placement, &ground.rules, ground.day, &records)
        .map_err(|error| Error::wrap(error.kind(), &error))
}

/// What the table of merges learns: every merge with the row that led to it, on the side of whom
/// the two are at the end of the batch.
fn merge_rows<'w>(writes: &'w [PreparedWrite], resolved: &Resolved) -> Vec<MergeRow<'w>> {
    let merges = resolved.merges.iter();
    let into: BTreeMap<OneId, OneId> = merges.map(|merge| (merge.loser, merge.survivor)).collect();
    let root = |mut person: OneId| {
        while let Some(survivor) = into.get(&person) {
            person = *survivor;
        }
        person
    };
    let records = Ends::of(writes.iter().map(|write| write.ends.len()));
    let identifiers = Ends::of(writes.iter().map(|write| write.identifiers.len()));
    let row = |merge: &Merge| {
        let (write, row) = records.place(merge.record as usize);
        let (told_by, position) = identifiers.place(merge.identifier as usize);
        let write = writes.get(write)?;
        let known = writes.get(told_by)?.identifiers.get(position)?;
        Some(MergeRow {
            write,
            row,
            known,
            loser: merge.loser,
            survivor: merge.survivor,
            root: root(merge.survivor),
        })
    };
    resolved.merges.iter().filter_map(row).collect()
}

/// Where each write's part of a numbering over the whole batch ends.
struct Ends(Vec<usize>);

impl Ends {
    fn of(lengths: impl Iterator<Item = usize>) -> Self {
        let ends = lengths.scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        Self(ends.collect())
    }

    /// The write that a number is of, and the number within the write.
    fn place(&self, number: usize) -> (usize, usize) {
        let write = self.0.partition_point(|end| *end <= number);
        let start = write.checked_sub(1).map_or(0, |before| self.0[before]);
        (write, number - start)
    }
}

/// What the writes bring to each table, copies not counted.
fn table_rows(writes: &[PreparedWrite], requests: &[BatchRequest]) -> Vec<TableRows> {
    let mut tables: BTreeMap<&Name, (u64, u64)> = BTreeMap::new();
    for (write, request) in writes.iter().zip(requests) {
        let (rows, bytes) = tables.entry(&write.table.name).or_default();
        *rows += request.rows;
        *bytes += write.bytes as u64;
    }
    let tables = tables.into_iter();
    tables
        .map(|(table, (rows, bytes))| TableRows {
            table: table.clone(),
            rows,
            bytes,
        })
        .collect()
}

fn rule_counts(resolved: &Resolved) -> RuleCounts {
    let counts = resolved.counts;
    RuleCounts {
        merged: counts.merged,
        limit: counts.limit,
        unique: counts.unique,
        guard: counts.guard,
        quarantined: counts.quarantined,
        barred: counts.barred,
    }
}

fn created_people(people: &[OneId]) -> Vec<CreatedPeople> {
    let mut ranges: BTreeMap<ShardId, CreatedPeople> = BTreeMap::new();
    for person in people {
        let shard = person.shard();
        let fresh = CreatedPeople {
            shard,
            first: person.ordinal(),
            count: 0,
        };
        let range = ranges.entry(shard).or_insert(fresh);
        range.count += 1;
    }
    ranges.into_values().collect()
}

fn internal(error: ArrowError) -> Error {
    Error::wrap(ErrorKind::Internal, &error)
}
