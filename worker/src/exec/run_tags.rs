//! Computing tags of one shard: their SQL over the shard at the job's index, their sections in
//! one pack object.
//!
//! Owns the pack's key and layout (section id = position of the tag in the job). Publishes
//! nothing: a pack that no manifest names is garbage.

use std::collections::BTreeSet;
use std::sync::Arc;

use tagma_core::catalog::{JobId, SectionRef};
use tagma_core::job::{ShardJobResult, TagJobSpec, TagSectionResult, TagStats};
use tagma_core::limits::PACK_BYTES_MAX;
use tagma_core::schema::{Name, TagDefinition, TagKind};
use tagma_core::time::{self, TimeError, Zone};
use tagma_core::{AsOf, ErrorKind, ShardEpoch, Value};
use tagma_engine::section::{EncodedSection, SectionBuilder};
use tagma_sql::tables::{EnginePeople, EngineTag};
use tagma_sql::{PeopleSource, ShardAt, SqlRuntime, TableAt, TagSpec, check_tag, run_tag, tag_run};
use tagma_store::{Nonce, ObjectBuilder, ObjectKind, Store, crash_point};

use super::error::Result;
use super::snapshot::Snapshot;
use super::sql_threads::SqlThreads;
use crate::tags::Tags;

/// Why tags cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A zone is not known here.
    #[error("a time zone of the job is unknown")]
    Zone(#[from] TimeError),
    /// A tag's SQL failed.
    #[error("tag `{tag}` cannot be computed")]
    Tag {
        /// The tag.
        tag: Name,
        /// What failed.
        #[source]
        source: Box<tag_run::Error>,
    },
    /// Values do not fit the tag.
    #[error("the values of tag `{tag}` do not fit")]
    Values {
        /// The tag.
        tag: Name,
        /// What does not fit.
        #[source]
        source: tagma_engine::section::Error,
    },
    /// The plan that ran reads other tags than the plan that was checked.
    #[error("tag `{tag}` reads tags that were not loaded")]
    NotLoaded {
        /// The tag.
        tag: Name,
    },
    /// The sections are more than a pack may hold.
    #[error(
        "the sections of the job have more than {PACK_BYTES_MAX} bytes: run fewer tags at once"
    )]
    Full,
    /// The pack cannot be stored.
    #[error("the pack cannot be stored")]
    Store(#[from] tagma_store::Error),
}

impl Error {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Zone(_) => ErrorKind::Invalid,
            Self::Tag { source, .. } => source.kind(),
            Self::Values { source, .. } => source.kind(),
            Self::NotLoaded { .. } => ErrorKind::Internal,
            Self::Full => ErrorKind::Exhausted,
            Self::Store(source) => source.kind(),
        }
    }
}

/// A job, for one shard.
#[derive(Debug, Clone)]
pub struct JobOf {
    /// Its number.
    pub job: JobId,
    /// Epoch of the shard.
    pub epoch: ShardEpoch,
    /// What `now()` means.
    pub as_of: AsOf,
    /// What to compute.
    pub spec: TagJobSpec,
    /// Per published tag of the spec its manifest object; empty: never published.
    pub manifests: Vec<String>,
}

/// A stored pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The object.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// What is in it.
    pub result: ShardJobResult,
}

/// Computes the tags of the job and stores their sections.
///
/// # Errors
/// See `Error` and [`super::Error`]; nothing that was stored is named anywhere then.
pub async fn run_tags(
    threads: &SqlThreads,
    store: &Store,
    tags: &Tags,
    snapshot: &Snapshot,
    job: JobOf,
) -> Result<Pack> {
    let zone = time::zone(&job.spec.zone).map_err(Error::Zone)?;
    let tables = tables(snapshot, &job.spec, zone)?;
    let mut encoded = Vec::with_capacity(job.spec.tags.len());
    for tag in &job.spec.tags {
        let spec = spec_of(tag, zone)?;
        let (columns, read) = columns(threads, tags, snapshot, &job, &spec).await?;
        let people = EnginePeople::new(snapshot.state.people.at(snapshot.index)?, columns);
        let shard = ShardAt {
            shard: snapshot.shard,
            as_of: job.as_of,
            tables: tables.clone(),
            people: Arc::new(people) as Arc<dyn PeopleSource>,
        };
        let (sql, ordinals) = (threads.sql().clone(), snapshot.state.ordinals);
        let section =
            threads.run(async move { compute(&sql, &spec, &shard, ordinals, &read).await });
        encoded.push(section.await??);
    }
    crash_point("publish.before_pack");
    let pack = put(store, snapshot, &job, &encoded).await?;
    crash_point("publish.after_pack");
    Ok(pack)
}

fn spec_of(tag: &TagDefinition, default: Zone) -> Result<TagSpec, Error> {
    let zone = tag.timezone.as_deref().map_or(Ok(default), time::zone)?;
    Ok(TagSpec {
        name: tag.name.clone(),
        kind: tag.kind,
        sql: tag.sql.clone(),
        zone,
        timeout: None,
    })
}

fn declared(spec: &TagJobSpec) -> Vec<(Name, TagKind)> {
    spec.published
        .iter()
        .map(|slot| (slot.name.clone(), slot.kind))
        .collect()
}

/// The tables of a job, as the snapshot has them.
pub(crate) fn tables(
    snapshot: &Snapshot,
    spec: &TagJobSpec,
    default: Zone,
) -> Result<Vec<TableAt>, Error> {
    let mut tables = Vec::with_capacity(spec.tables.len());
    for schema in &spec.tables {
        let zone = schema.timezone.as_deref().map_or(Ok(default), time::zone)?;
        let state = snapshot
            .state
            .tables
            .get(&schema.name)
            .cloned()
            .unwrap_or_default();
        let hot = state.hot.iter().filter(|hot| hot.index <= snapshot.index);
        tables.push(TableAt {
            schema: Arc::new(schema.clone()),
            zone,
            index: snapshot.index,
            hot: hot.flat_map(|hot| hot.batches.iter().cloned()).collect(),
            runs: state.runs.clone(),
            departed: Arc::clone(&snapshot.state.departed),
        });
    }
    Ok(tables)
}

/// The columns of `people`, with the sections of those that the SQL reads, and which those are.
async fn columns(
    threads: &SqlThreads,
    tags: &Tags,
    snapshot: &Snapshot,
    job: &JobOf,
    spec: &TagSpec,
) -> Result<(Vec<EngineTag>, BTreeSet<String>)> {
    let (sql, tag) = (threads.sql().clone(), spec.clone());
    let (schemas, declared) = (job.spec.tables.clone(), declared(&job.spec));
    let checked = threads.run(async move { check_tag(&sql, &tag, &schemas, declared).await });
    let query = checked.await?.map_err(|source| Error::Tag {
        tag: spec.name.clone(),
        source: Box::new(source),
    })?;
    let mut columns = Vec::with_capacity(job.spec.published.len());
    for (slot, manifest) in job.spec.published.iter().zip(&job.manifests) {
        let is_read = query.reads_tags.contains(slot.name.as_str());
        let key = if is_read { manifest.as_str() } else { "" };
        columns.push(EngineTag {
            name: slot.name.clone(),
            kind: slot.kind,
            section: snapshot.section(tags, slot, key).await?,
        });
    }
    Ok((columns, query.reads_tags))
}

async fn compute(
    sql: &SqlRuntime,
    spec: &TagSpec,
    shard: &ShardAt,
    ordinals: u32,
    loaded: &BTreeSet<String>,
) -> Result<EncodedSection, Error> {
    let mut builder = SectionBuilder::new(spec.kind, ordinals);
    let mut misfit = None;
    let mut sink = |person: tagma_core::OneId, value: Value| {
        builder.push(person.ordinal(), value).map_err(|error| {
            misfit = Some(error.clone());
            Box::new(error) as Box<dyn std::error::Error + Send + Sync>
        })
    };
    let run = run_tag(sql, spec, shard, &mut sink).await;
    match (run, misfit) {
        // Tags that were not loaded would have read as having no values.
        (Ok(report), _) if report.query.reads_tags.is_subset(loaded) => Ok(builder.finish()),
        (Ok(_), _) => Err(Error::NotLoaded {
            tag: spec.name.clone(),
        }),
        (Err(_), Some(source)) => Err(Error::Values {
            tag: spec.name.clone(),
            source,
        }),
        (Err(source), None) => Err(Error::Tag {
            tag: spec.name.clone(),
            source: Box::new(source),
        }),
    }
}

async fn put(
    store: &Store,
    snapshot: &Snapshot,
    job: &JobOf,
    encoded: &[EncodedSection],
) -> Result<Pack> {
    let total: usize = encoded.iter().map(|section| section.bytes.len()).sum();
    if total > PACK_BYTES_MAX {
        return Err(Error::Full.into());
    }
    let nonce = Nonce::random();
    let mut object = ObjectBuilder::new(ObjectKind::Pack, nonce).aligned();
    let mut results = Vec::with_capacity(encoded.len());
    for (position, (tag, section)) in job.spec.tags.iter().zip(encoded).enumerate() {
        let place = object.section(position as u64, &section.bytes);
        let stats = &section.stats;
        results.push(TagSectionResult {
            name: tag.name.clone(),
            section: SectionRef {
                offset: place.offset,
                length: place.length,
                crc32c: place.crc,
            },
            stats: TagStats {
                rows: stats.rows,
                min: stats.min.clone(),
                max: stats.max.clone(),
                top: stats.top.clone(),
            },
        });
    }
    let (shard, epoch, number) = (snapshot.shard.get(), job.epoch, job.job.0);
    let key = format!("tag/{number}/{shard:05}-{epoch}-{nonce}");
    let object = object.finish();
    let bytes = object.len() as u64;
    store
        .create(&key, object, nonce)
        .await
        .map_err(Error::Store)?;
    Ok(Pack {
        key,
        bytes,
        result: ShardJobResult {
            population: snapshot.population()?,
            tags: results,
        },
    })
}
