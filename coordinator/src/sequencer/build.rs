//! From prepared writes to one journal object: people resolved, rows addressed to shards.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array, UInt64Array},
    compute::take_record_batch,
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
    ipc::writer::StreamWriter,
};
use tagma_core::{
    ErrorKind, OneId, ShardId, Term,
    catalog::{BatchRequest, CreatedPeople},
    journal::{DEAD_LETTERS, IDENTITIES, encode_section},
    schema::Name,
};
use tagma_identity::{IdentityMap, Layer, Placement, Records, Resolution, Resolver, Rules};

use super::prepare::{DeadRow, PreparedWrite};
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
    /// One per write, in order.
    pub(super) requests: Vec<BatchRequest>,
}

/// What a batch is built upon.
pub(super) struct Ground {
    /// Identity with all staged layers.
    pub(super) map: IdentityMap,
    /// Where the next person goes.
    pub(super) placement: Placement,
    /// Names of identifier types by number.
    pub(super) type_names: BTreeMap<u16, Name>,
    /// Part of the object's key.
    pub(super) term: Term,
    /// Part of the object's key.
    pub(super) chain: u64,
    /// UTC days since 1970 of the batch.
    pub(super) day: i32,
}

/// Resolves `writes` in order and lays out their object.
///
/// # Errors
/// Exhausted where a shard is full, Corrupt where the identity map is damaged.
pub(super) fn build(writes: &[PreparedWrite], ground: &mut Ground) -> Result<Built> {
    let mut records = Records::new();
    for write in writes {
        for row in 0..write.ends.len() {
            records.push(
                write
                    .identifiers_of(row)
                    .iter()
                    .map(|known| known.identifier),
            );
        }
    }
    let mut resolver = Resolver::new();
    let resolved = resolver
        .resolve(
            &ground.map,
            &mut ground.placement,
            &Rules::without_merges(),
            ground.day,
            &records,
        )
        .map_err(|error| Error::wrap(error.kind(), &error))?;
    let mut batch = BatchRows::new(ground.placement.shard_count, ground.chain, &resolved.layer);
    let mut requests = Vec::with_capacity(writes.len());
    let mut rest = resolved.resolutions.as_slice();
    for write in writes {
        let (own, later) = rest.split_at(write.ends.len());
        rest = later;
        requests.push(
            batch
                .add(write, own, &ground.type_names)
                .map_err(internal)?,
        );
    }
    let created = created_people(resolved.layer.people());
    let shards = batch.finish(&created).map_err(internal)?;
    let is_empty = resolved.layer.is_empty() && resolved.layer.people().is_empty();
    let layer = (!is_empty).then(|| Arc::new(resolved.layer));
    let identity = layer
        .as_ref()
        .map(|layer| layer.encode())
        .unwrap_or_default();
    let object = JournalObject::encode(ground.term, ground.chain, &shards, &identity);
    Ok(Built {
        object,
        layer,
        created,
        requests,
    })
}

impl PreparedWrite {
    fn identifiers_of(&self, row: usize) -> &[super::prepare::KnownAs] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.identifiers[start..self.ends[row]]
    }
}

/// Rows of a batch by shard and table.
struct BatchRows<'a> {
    layer: &'a Layer,
    shard_count: u16,
    dead_shard: ShardId,
    next_row: i64,
    streams: BTreeMap<(ShardId, Name), StreamWriter<Vec<u8>>>,
    told: HashSet<[u8; 16]>,
    identities: BTreeMap<ShardId, Identities>,
    dead: Vec<(i64, String, String, DeadRow)>,
}

/// Rows of one write that go to one shard.
#[derive(Default)]
struct Addressed {
    take: Vec<u32>,
    oneids: Vec<i64>,
    rows: Vec<i64>,
    origins: Vec<Option<i64>>,
}

#[derive(Default)]
struct Identities {
    oneids: Vec<i64>,
    rows: Vec<i64>,
    types: Vec<String>,
    values: Vec<String>,
}

impl<'a> BatchRows<'a> {
    fn new(shard_count: u16, chain: u64, layer: &'a Layer) -> Self {
        let spread = (chain % u64::from(shard_count)) as u16 + 1;
        Self {
            layer,
            shard_count,
            dead_shard: ShardId::new(spread).expect("at most the shard count"),
            next_row: 0,
            streams: BTreeMap::new(),
            told: HashSet::new(),
            identities: BTreeMap::new(),
            dead: Vec::new(),
        }
    }

    fn add(
        &mut self,
        write: &PreparedWrite,
        resolutions: &[Resolution],
        types: &BTreeMap<u16, Name>,
    ) -> Result<BatchRequest, ArrowError> {
        let mut shards: BTreeMap<ShardId, Addressed> = BTreeMap::new();
        let (mut created, mut rejected) = (0, write.dead.len() as u64);
        for (row, resolution) in resolutions.iter().enumerate() {
            created += u64::from(matches!(resolution, Resolution::Created { .. }));
            match *resolution {
                Resolution::Rejected(rejection) => {
                    rejected += 1;
                    self.reject(write, row, rejection);
                }
                Resolution::Created { oneid, origin } => {
                    self.address(write, row, (oneid, origin), types, &mut shards);
                }
                Resolution::Existing { oneid, origin } => {
                    self.address(write, row, (oneid, origin), types, &mut shards);
                }
            }
        }
        for dead in &write.dead {
            self.dead_row(write, dead.clone());
        }
        for (shard, rows) in shards {
            self.write_rows(shard, write, rows)?;
        }
        Ok(BatchRequest {
            producer: write.producer,
            epoch: write.epoch,
            sequence: write.sequence,
            rows: resolutions.len() as u64 + write.dead.len() as u64 - rejected,
            rejected,
            created,
        })
    }

    fn address(
        &mut self,
        write: &PreparedWrite,
        row: usize,
        (oneid, origin): (OneId, OneId),
        types: &BTreeMap<u16, Name>,
        shards: &mut BTreeMap<ShardId, Addressed>,
    ) {
        let number = self.number();
        let rows = shards.entry(oneid.shard()).or_default();
        rows.take.push(row as u32);
        rows.oneids.push(oneid.get());
        rows.rows.push(number);
        rows.origins.push((origin != oneid).then_some(origin.get()));
        for known in write.identifiers_of(row) {
            let hash = known.identifier.hash;
            if self.layer.lookup(hash).is_none() || !self.told.insert(hash.0) {
                continue;
            }
            let type_number = known.identifier.type_number;
            let told = self.identities.entry(oneid.shard()).or_default();
            told.oneids.push(oneid.get());
            told.rows.push(number);
            told.types.push(
                types
                    .get(&type_number)
                    .map(Name::to_string)
                    .unwrap_or_default(),
            );
            told.values.push(known.value.clone());
        }
    }

    fn number(&mut self) -> i64 {
        self.next_row += 1;
        self.next_row - 1
    }

    fn reject(&mut self, write: &PreparedWrite, row: usize, why: tagma_identity::Rejection) {
        let known = write
            .identifiers_of(row)
            .iter()
            .map(|known| known.value.as_str());
        let original = known.collect::<Vec<_>>().join(",");
        let reason = match why {
            tagma_identity::Rejection::WouldMerge { first, second, .. } => {
                format!(
                    "{}: its identifiers belong to {first} and {second}",
                    why.reason()
                )
            }
            tagma_identity::Rejection::NoIdentifier | tagma_identity::Rejection::Quarantined => {
                why.reason().to_owned()
            }
        };
        let source_row = write.source_rows[row];
        self.dead_row(
            write,
            DeadRow {
                source_row,
                reason,
                original,
            },
        );
    }

    fn dead_row(&mut self, write: &PreparedWrite, dead: DeadRow) {
        let number = self.number();
        self.dead.push((
            number,
            write.table.name.to_string(),
            write.source.clone(),
            dead,
        ));
    }

    fn write_rows(
        &mut self,
        shard: ShardId,
        write: &PreparedWrite,
        rows: Addressed,
    ) -> Result<(), ArrowError> {
        let taken = take_record_batch(&write.columns, &UInt32Array::from(rows.take))?;
        let batch = with_hidden(&taken, rows.oneids, rows.rows, rows.origins)?;
        self.stream(shard, &write.table.name, batch)
    }

    fn stream(&mut self, shard: ShardId, table: &Name, b: RecordBatch) -> Result<(), ArrowError> {
        let key = (shard, table.clone());
        if !self.streams.contains_key(&key) {
            let writer = StreamWriter::try_new(Vec::new(), b.schema_ref())?;
            self.streams.insert(key.clone(), writer);
        }
        match self.streams.get_mut(&key) {
            Some(writer) => writer.write(&b),
            None => Ok(()),
        }
    }

    /// Every shard's section, ascending; shards without rows and people are absent.
    fn finish(mut self, created: &[CreatedPeople]) -> Result<Vec<(ShardId, Vec<u8>)>, ArrowError> {
        let identities = Name::new(IDENTITIES).expect("a name");
        for (shard, told) in std::mem::take(&mut self.identities) {
            self.stream(shard, &identities, told.into_batch()?)?;
        }
        if !self.dead.is_empty() {
            let letters = Name::new(DEAD_LETTERS).expect("a name");
            let batch = dead_batch(std::mem::take(&mut self.dead))?;
            self.stream(self.dead_shard, &letters, batch)?;
        }
        let mut tables: BTreeMap<ShardId, Vec<(Name, Vec<u8>)>> = BTreeMap::new();
        for ((shard, table), writer) in self.streams {
            tables
                .entry(shard)
                .or_default()
                .push((table, writer.into_inner()?));
        }
        let mut sections = Vec::new();
        for shard in ShardId::all(self.shard_count) {
            let people = created.iter().find(|people| people.shard == shard).copied();
            let rows = tables.remove(&shard).unwrap_or_default();
            if people.is_some() || !rows.is_empty() {
                sections.push((shard, encode_section(people, &rows)));
            }
        }
        Ok(sections)
    }
}

impl Identities {
    fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let none = vec![None; self.oneids.len()];
        let columns = text_columns(&[("type", self.types), ("value", self.values)])?;
        with_hidden(&columns, self.oneids, self.rows, none)
    }
}

fn dead_batch(dead: Vec<(i64, String, String, DeadRow)>) -> Result<RecordBatch, ArrowError> {
    let numbers: Vec<i64> = dead.iter().map(|(number, ..)| *number).collect();
    let source_rows: Vec<u64> = dead.iter().map(|(.., row)| row.source_row).collect();
    let text = |pick: fn(&(i64, String, String, DeadRow)) -> &String| {
        dead.iter().map(|row| pick(row).clone()).collect::<Vec<_>>()
    };
    let texts = text_columns(&[
        ("table_name", text(|row| &row.1)),
        ("source", text(|row| &row.2)),
        ("reason", text(|row| &row.3.reason)),
        ("original", text(|row| &row.3.original)),
    ])?;
    let mut fields: Vec<Field> = texts
        .schema()
        .fields()
        .iter()
        .map(|f| (**f).clone())
        .collect();
    fields.push(Field::new("source_row", DataType::UInt64, true));
    let mut arrays = texts.columns().to_vec();
    arrays.push(Arc::new(UInt64Array::from(source_rows)));
    let columns = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
    let nobody = vec![0; numbers.len()];
    let none = vec![None; numbers.len()];
    with_hidden(&columns, nobody, numbers, none)
}

fn text_columns(columns: &[(&str, Vec<String>)]) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, _)| Field::new(*name, DataType::Utf8, true))
        .collect();
    let arrays: Vec<ArrayRef> = columns
        .iter()
        .map(|(_, values)| Arc::new(StringArray::from(values.clone())) as ArrayRef)
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

/// `oneid`, `_row`, `_origin` before the columns.
fn with_hidden(
    columns: &RecordBatch,
    oneids: Vec<i64>,
    rows: Vec<i64>,
    origins: Vec<Option<i64>>,
) -> Result<RecordBatch, ArrowError> {
    let mut fields = vec![
        Field::new("oneid", DataType::Int64, false),
        Field::new("_row", DataType::Int64, false),
        Field::new("_origin", DataType::Int64, true),
    ];
    fields.extend(
        columns
            .schema()
            .fields()
            .iter()
            .map(|field| (**field).clone()),
    );
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(oneids)),
        Arc::new(Int64Array::from(rows)),
        Arc::new(Int64Array::from(origins)),
    ];
    arrays.extend(columns.columns().iter().cloned());
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
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
