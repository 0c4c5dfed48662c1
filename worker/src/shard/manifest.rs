//! The shard manifest: what a shard is at its flushed index, as a stored object.
//!
//! Owns the format and the keys of a shard's objects. An object of kind `ShardManifest` with two
//! sections:
//!
//! | section | content |
//! | --- | --- |
//! | 0 | [`ShardManifest`] as bytes of `tagma_core::catalog::codec` |
//! | 1 | the people, as `LiveBitmap::encode` lays them out |
//!
//! A manifest never changes an answer: the state that it leads to, followed by the rest of the
//! journal, is the state that was there.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tagma_core::catalog::codec;
use tagma_core::schema::{Name, TableSchema};
use tagma_core::{LogIndex, Ordinal, ShardEpoch, ShardId};
use tagma_engine::alive::LiveBitmap;
use tagma_sql::run::RunMeta;
use tagma_sql::tables::Departed;
use tagma_store::{Nonce, ObjectBuilder, ObjectKind, ObjectReader};

use super::error::{Error, Result};
use super::state::{ShardState, TableState};

const OUTLINE: u64 = 0;
const PEOPLE: u64 = 1;

/// What a shard is at its flushed index, people apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardManifest {
    /// The shard.
    pub shard: ShardId,
    /// Epoch of the owner that wrote it.
    pub epoch: ShardEpoch,
    /// Everything up to here is in.
    pub flushed: LogIndex,
    /// Ordinals given.
    pub ordinals: Ordinal,
    /// Tables with rows, by name.
    pub tables: Vec<TableManifest>,
    /// Objects that no manifest from this one on reads, oldest first: what a clean-up may delete
    /// once no reader is left who took an older manifest.
    #[serde(default)]
    pub garbage: Vec<Garbage>,
    /// Rows that are elsewhere from some index on.
    #[serde(default, skip_serializing_if = "nothing_left")]
    pub departed: Arc<Departed>,
}

/// Manifests of shards that nothing ever left stay as they always were.
fn nothing_left(departed: &Departed) -> bool {
    departed.is_empty()
}

/// A table's runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableManifest {
    /// A schema that holds the rows of all its runs.
    pub schema: TableSchema,
    /// Its runs.
    pub runs: Vec<RunMeta>,
}

/// An object that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Garbage {
    /// Its key.
    pub key: String,
    /// Bytes of the run in it.
    pub bytes: u64,
    /// Flushed index of the first manifest without it.
    pub since: LogIndex,
}

/// A manifest and the people that go with it.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// All but the people.
    pub manifest: ShardManifest,
    /// Who was alive, as of the flushed index.
    pub people: LiveBitmap,
}

impl Checkpoint {
    /// A shard in which nothing has happened.
    pub fn empty(shard: ShardId, epoch: ShardEpoch) -> Self {
        let manifest = ShardManifest {
            shard,
            epoch,
            flushed: LogIndex::ZERO,
            ordinals: 0,
            tables: Vec::new(),
            garbage: Vec::new(),
            departed: Arc::default(),
        };
        Self {
            manifest,
            people: LiveBitmap::new(),
        }
    }

    /// The framed object.
    pub fn encode(&self, nonce: Nonce) -> Bytes {
        let mut object = ObjectBuilder::new(ObjectKind::ShardManifest, nonce);
        object.section(OUTLINE, codec::encode(&self.manifest));
        object.section(PEOPLE, self.people.encode());
        object.finish()
    }

    /// Verifies the object `key` of `shard`.
    ///
    /// # Errors
    /// Corrupt where a byte is not as written, or it is another shard's; Incompatible for a newer
    /// format.
    pub fn decode(shard: ShardId, object: Bytes, key: &str) -> Result<Self> {
        let reader = ObjectReader::parse(object, ObjectKind::ShardManifest, key)?;
        let outline = reader.section(OUTLINE)?;
        let manifest: ShardManifest =
            codec::decode(&outline, "shard manifest").map_err(|source| Error::Manifest {
                key: key.to_owned(),
                source,
            })?;
        if manifest.shard != shard {
            return Err(Error::ForeignManifest {
                key: key.to_owned(),
                shard: manifest.shard,
            });
        }
        let people = LiveBitmap::decode(&reader.section(PEOPLE)?, key)?;
        Ok(Self { manifest, people })
    }

    /// The state at the flushed index.
    pub fn state(&self) -> ShardState {
        let tables = self.manifest.tables.iter().map(|table| {
            let state = TableState {
                hot: Vec::new(),
                runs: table.runs.iter().cloned().map(Arc::new).collect(),
            };
            (table.schema.name.clone(), Arc::new(state))
        });
        ShardState {
            applied: self.manifest.flushed,
            flushed: self.manifest.flushed,
            people: self.people.clone(),
            departed: Arc::clone(&self.manifest.departed),
            ordinals: self.manifest.ordinals,
            unflushed: 0,
            tables: tables.collect::<BTreeMap<_, _>>(),
        }
    }
}

impl ShardManifest {
    /// The table's entry, added without runs where there is none. Its schema is the widest that a
    /// run was written by: what merging them needs.
    pub fn table_mut(&mut self, schema: &TableSchema) -> &mut TableManifest {
        let found = self
            .tables
            .binary_search_by(|t| t.schema.name.cmp(&schema.name));
        let at = found.unwrap_or_else(|at| {
            let table = TableManifest {
                schema: schema.clone(),
                runs: Vec::new(),
            };
            self.tables.insert(at, table);
            at
        });
        let table = &mut self.tables[at];
        if schema.covers(&table.schema) {
            table.schema = schema.clone();
        }
        table
    }
}

/// Folder of all objects of a shard; below it, a folder for each epoch.
pub(super) fn shard_folder(shard: ShardId) -> String {
    format!("shard/{:05}", shard.get())
}

/// Key of a manifest.
pub(super) fn manifest_key(
    shard: ShardId,
    epoch: ShardEpoch,
    flushed: LogIndex,
    nonce: Nonce,
) -> String {
    let (folder, flushed) = (shard_folder(shard), flushed.0);
    format!("{folder}/{epoch}/manifest-{flushed:020}-{nonce}")
}

/// Key of a run. The nonce makes it unique; characters of the table's name that not every store
/// takes are left out.
pub(super) fn run_key(
    (shard, epoch): (ShardId, ShardEpoch),
    table: &Name,
    flushed: LogIndex,
    nonce: Nonce,
) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let table: String = table.as_str().chars().filter(plain).collect();
    let (folder, flushed) = (shard_folder(shard), flushed.0);
    format!("{folder}/{epoch}/run-{table}-{flushed:020}-{nonce}")
}

#[cfg(test)]
mod tests;
