//! Rows of a batch, addressed to people and laid out as a section per shard.
//!
//! Owns the numbering of rows in the entry (`_row`), and what the built-in tables learn: each new
//! identifier, each merge, each dead letter, with the row that it came with.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, UInt32Array},
    compute::take_record_batch,
    datatypes::{DataType, Field, Schema},
    error::ArrowError,
    ipc::writer::StreamWriter,
};
use tagma_core::{
    OneId, ShardId,
    catalog::{BatchRequest, CreatedPeople},
    journal::{DEAD_LETTERS, IDENTITIES, MERGES, SectionParts, encode_section},
    schema::Name,
};
use tagma_identity::{Layer, Resolution};

use super::{
    built_in_rows::{DeadLetters, Identities, Merges},
    original::Originals,
    prepare::{DeadRow, KnownAs, PreparedWrite},
};

/// A merge, for the table of merges.
pub(super) struct MergeRow<'w> {
    /// The write whose row led to it.
    pub(super) write: &'w PreparedWrite,
    /// The row.
    pub(super) row: usize,
    /// The identifier that brought the loser.
    pub(super) known: &'w KnownAs,
    /// Who is merged away.
    pub(super) loser: OneId,
    /// Into whom.
    pub(super) survivor: OneId,
    /// Who the survivor is at the end of the batch.
    pub(super) root: OneId,
}

/// Rows of a batch by shard and table.
pub(super) struct BatchRows<'a> {
    layer: &'a Layer,
    type_names: &'a BTreeMap<u16, Name>,
    shard_count: u16,
    dead_shard: ShardId,
    next_row: i64,
    streams: BTreeMap<(ShardId, Name), StreamWriter<Vec<u8>>>,
    told: HashSet<[u8; 16]>,
    identities: BTreeMap<ShardId, Identities>,
    merges: BTreeMap<ShardId, Merges>,
    dead: DeadLetters,
}

/// Rows of one write that go to one shard.
#[derive(Default)]
struct Addressed {
    take: Vec<u32>,
    hidden: Hidden,
}

/// The hidden columns of rows.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    oneids: Vec<i64>,
    rows: Vec<i64>,
    origins: Vec<Option<i64>>,
}

impl<'a> BatchRows<'a> {
    /// No rows yet; `layer` is what the batch adds to the identity map.
    pub(super) fn new(
        shard_count: u16,
        chain: u64,
        layer: &'a Layer,
        type_names: &'a BTreeMap<u16, Name>,
    ) -> Self {
        let spread = (chain % u64::from(shard_count)) as u16 + 1;
        Self {
            layer,
            type_names,
            shard_count,
            dead_shard: ShardId::new(spread).expect("at most the shard count"),
            next_row: 0,
            streams: BTreeMap::new(),
            told: HashSet::new(),
            identities: BTreeMap::new(),
            merges: BTreeMap::new(),
            dead: DeadLetters::default(),
        }
    }

    /// Adds a write whose records were resolved.
    ///
    /// # Errors
    /// Those of Arrow: rows that are no rows.
    pub(super) fn add(
        &mut self,
        write: &PreparedWrite,
        resolutions: &[Resolution],
    ) -> Result<BatchRequest, ArrowError> {
        let mut shards: BTreeMap<ShardId, Addressed> = BTreeMap::new();
        let (mut created, mut rejected) = (0, write.dead.len() as u64);
        let is_rejected = |one: &Resolution| matches!(one, Resolution::Rejected(_));
        let originals = match resolutions.iter().any(is_rejected) {
            true => Some(Originals::of(&write.raw)?),
            false => None,
        };
        for (row, resolution) in resolutions.iter().enumerate() {
            created += u64::from(matches!(resolution, Resolution::Created { .. }));
            match *resolution {
                Resolution::Rejected(rejection) => {
                    rejected += 1;
                    let source_row = write.source_rows[row];
                    let original = originals.as_ref().map(|all| all.of_source_row(source_row));
                    let dead = DeadRow {
                        source_row,
                        reason: rejection.reason().to_owned(),
                        original: original.unwrap_or_default(),
                    };
                    self.dead_row(write, dead);
                }
                Resolution::Created { oneid, origin } | Resolution::Existing { oneid, origin } => {
                    let number = self.number();
                    let rows = shards.entry(oneid.shard()).or_default();
                    rows.take.push(row as u32);
                    rows.hidden.push(oneid, number, origin);
                    self.tell(write, row, (oneid, origin), number);
                }
            }
        }
        if !write.table.kind.is_of_people() {
            self.copy_to_all(write)?;
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
            rows: write.source_rows.len() as u64 + write.dead.len() as u64 - rejected,
            rejected,
            created,
        })
    }

    /// Rows of nobody: every shard has them, with the same numbers.
    fn copy_to_all(&mut self, write: &PreparedWrite) -> Result<(), ArrowError> {
        let mut hidden = Hidden::default();
        for _ in &write.source_rows {
            let number = self.number();
            hidden.push_nobody(number);
        }
        let rows = hidden.before(&write.columns)?;
        if rows.num_rows() == 0 {
            return Ok(());
        }
        for shard in (1..=self.shard_count).filter_map(ShardId::new) {
            self.stream(shard, &write.table.name, &rows)?;
        }
        Ok(())
    }

    /// Adds a merge, on the survivor's side.
    pub(super) fn merged(&mut self, merge: &MergeRow<'_>) {
        let number = self.number();
        let kind = self.type_name(merge.known);
        let told = self.merges.entry(merge.root.shard()).or_default();
        told.push(merge, kind, number);
    }

    /// The identifiers that the batch attaches with this row.
    fn tell(
        &mut self,
        write: &PreparedWrite,
        row: usize,
        (oneid, origin): (OneId, OneId),
        number: i64,
    ) {
        for known in write.identifiers_of(row) {
            let hash = known.identifier.hash;
            if self.layer.lookup(hash).is_some() && self.told.insert(hash.0) {
                let kind = self.type_name(known);
                let told = self.identities.entry(oneid.shard()).or_default();
                told.hidden.push(oneid, number, origin);
                told.push(kind, known, write, row);
            }
        }
    }

    fn type_name(&self, known: &KnownAs) -> String {
        let name = self.type_names.get(&known.identifier.type_number);
        name.map(Name::to_string).unwrap_or_default()
    }

    fn number(&mut self) -> i64 {
        self.next_row += 1;
        self.next_row - 1
    }

    fn dead_row(&mut self, write: &PreparedWrite, dead: DeadRow) {
        let number = self.number();
        self.dead.push(write, dead, number);
    }

    fn write_rows(
        &mut self,
        shard: ShardId,
        write: &PreparedWrite,
        rows: Addressed,
    ) -> Result<(), ArrowError> {
        let taken = take_record_batch(&write.columns, &UInt32Array::from(rows.take))?;
        self.stream(shard, &write.table.name, &rows.hidden.before(&taken)?)
    }

    fn stream(&mut self, shard: ShardId, table: &Name, b: &RecordBatch) -> Result<(), ArrowError> {
        let key = (shard, table.clone());
        if !self.streams.contains_key(&key) {
            let writer = StreamWriter::try_new(Vec::new(), b.schema_ref())?;
            self.streams.insert(key.clone(), writer);
        }
        match self.streams.get_mut(&key) {
            Some(writer) => writer.write(b),
            None => Ok(()),
        }
    }

    fn stream_built_in(&mut self) -> Result<(), ArrowError> {
        let name = |text| Name::new(text).expect("a name");
        for (shard, told) in std::mem::take(&mut self.identities) {
            self.stream(shard, &name(IDENTITIES), &told.into_batch()?)?;
        }
        for (shard, told) in std::mem::take(&mut self.merges) {
            self.stream(shard, &name(MERGES), &told.into_batch()?)?;
        }
        let dead = std::mem::take(&mut self.dead);
        if !dead.is_empty() {
            self.stream(self.dead_shard, &name(DEAD_LETTERS), &dead.into_batch()?)?;
        }
        Ok(())
    }

    /// Every shard's section, ascending; shards without rows and people are absent. `absorbed`
    /// are the people created who are merged away in the same batch.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn finish(
        mut self,
        created: &[CreatedPeople],
        absorbed: &[OneId],
    ) -> Result<Vec<(ShardId, Vec<u8>)>, ArrowError> {
        self.stream_built_in()?;
        let mut shards: BTreeMap<ShardId, SectionParts> = BTreeMap::new();
        for people in created {
            shards.entry(people.shard).or_default().created = Some(*people);
        }
        for person in absorbed {
            let section = shards.entry(person.shard()).or_default();
            section.people.absorbed.push(person.ordinal());
        }
        for ((shard, table), writer) in self.streams {
            let section = shards.entry(shard).or_default();
            section.tables.push((table, writer.into_inner()?));
        }
        let sections = shards.iter();
        Ok(sections
            .map(|(shard, parts)| (*shard, encode_section(parts)))
            .collect())
    }
}

impl Hidden {
    /// A row that goes to `oneid` and came in under `origin`.
    pub(super) fn push(&mut self, oneid: OneId, row: i64, origin: OneId) {
        self.oneids.push(oneid.get());
        self.rows.push(row);
        self.origins.push((origin != oneid).then_some(origin.get()));
    }

    /// A row of nobody.
    pub(super) fn push_nobody(&mut self, row: i64) {
        self.oneids.push(0);
        self.rows.push(row);
        self.origins.push(None);
    }

    /// `oneid`, `_row`, `_origin` before the columns.
    ///
    /// # Errors
    /// Where there are not as many rows.
    pub(super) fn before(self, columns: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut fields = vec![
            Arc::new(Field::new("oneid", DataType::Int64, false)),
            Arc::new(Field::new("_row", DataType::Int64, false)),
            Arc::new(Field::new("_origin", DataType::Int64, true)),
        ];
        fields.extend(columns.schema().fields().iter().cloned());
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(self.oneids)),
            Arc::new(Int64Array::from(self.rows)),
            Arc::new(Int64Array::from(self.origins)),
        ];
        arrays.extend(columns.columns().iter().cloned());
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
    }
}
