//! Tag runs: open, compute on every shard, publish once or not at all.

use std::sync::Arc;

use tagma_core::{
    AsOf, ErrorKind, LogIndex, TagVersion,
    catalog::{
        Catalog, Command, JobId, ObjectRef, PublishTags, Published, PublishedTag, RequestId, codec,
    },
    job::{PackSection, ShardJobResult, TagJobSpec, TagManifest, TagManifestEntry, TagStats},
    schema::{Name, TagDefinition},
    segment::Scope,
};
use tagma_store::{Nonce, ObjectKind, crash_point, decode_single, encode_single};
use tokio::time::Instant;

use super::{Context, propose_accepted, settle::settle};
use crate::{
    clock::now_micros,
    error::{Error, Result},
    query::{CatalogScope, RunTagsCall},
};

/// Runs tags and tells their versions.
#[derive(Clone)]
pub(crate) struct TagService {
    context: Context,
}

/// A published version with what its manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishedVersion {
    pub(crate) published: Published,
    pub(crate) stats: TagStats,
    pub(crate) population: u64,
    pub(crate) duration_ms: u64,
}

/// An open run.
struct OpenRun {
    job: JobId,
    index: LogIndex,
    as_of: AsOf,
    tags: Vec<TagDefinition>,
    catalog: Arc<Catalog>,
    started: Instant,
}

impl TagService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// Computes tags at the current index and publishes them in one entry.
    ///
    /// # Errors
    /// NotFound for an unknown tag, Invalid for SQL that cannot run, and those of proposing.
    /// After an error no version has changed.
    pub(crate) async fn run(
        &self,
        names: &[String],
        as_of: Option<AsOf>,
    ) -> Result<(LogIndex, Vec<PublishedVersion>)> {
        self.context.leads().await;
        let tags = self.wanted(names)?;
        let as_of = as_of.unwrap_or_else(|| AsOf(now_micros()));
        let command = Command::OpenJob {
            tags,
            as_of: as_of.0,
        };
        let opening = self.context.runs.opening();
        let opened = propose_accepted(&self.context.raft, command, None).await?;
        let catalog = self.context.catalog();
        let job = JobId(opened.index.0);
        // While this lives, nobody takes the job for one that was left behind.
        let _running = opening.opened(job);
        let tags = catalog
            .jobs
            .get(&job)
            .map(|open| open.tags.clone())
            .unwrap_or_default();
        let started = Instant::now();
        let run = OpenRun {
            job,
            index: opened.index,
            as_of,
            tags,
            catalog,
            started,
        };
        if let Err(error) = self.compute_and_publish(&run).await {
            settle(&self.context.raft, job, error).await?;
        }
        self.published(&run).await
    }

    /// All tags by name, with their newest version.
    ///
    /// # Errors
    /// Unavailable where no leader is heard of.
    pub(crate) fn list(&self) -> Result<Vec<(TagDefinition, Option<Published>)>> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let tags = catalog.tags.values().filter_map(|tag| {
            let definition = tag.definitions.current()?.clone();
            Some((definition, tag.versions.last().cloned()))
        });
        Ok(tags.collect())
    }

    /// A tag and its kept versions, newest first.
    ///
    /// # Errors
    /// NotFound for an unknown tag, Corrupt where a manifest is damaged, Unavailable where no
    /// leader is heard of.
    pub(crate) async fn show(&self, name: &str) -> Result<(TagDefinition, Vec<PublishedVersion>)> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let name = name.to_lowercase();
        let definition = catalog
            .tag_at(&name, catalog.applied)
            .cloned()
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no tag `{name}`")))?;
        let kept = catalog
            .tags
            .get(name.as_str())
            .map(|tag| tag.versions.clone());
        let mut versions = Vec::new();
        for published in kept.into_iter().flatten().rev() {
            versions.push(self.with_stats(published).await?);
        }
        Ok((definition, versions))
    }

    /// Makes an older version's values the newest version; `None`: those before the newest.
    ///
    /// # Errors
    /// NotFound where there is no such version.
    pub(crate) async fn rollback(
        &self,
        name: &str,
        version: Option<TagVersion>,
        request: Option<RequestId>,
    ) -> Result<(LogIndex, PublishedVersion)> {
        let catalog = self.context.catalog();
        let tag = catalog.tags.get(name.to_lowercase().as_str());
        let versions = tag
            .map(|tag| &tag.versions)
            .filter(|versions| !versions.is_empty());
        let versions = versions.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("tag `{name}` has no version"))
        })?;
        let before = versions
            .iter()
            .rev()
            .nth(1)
            .map(|published| published.version);
        let version = version.or(before).ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("tag `{name}` has no version before this one"),
            )
        })?;
        let name = versions
            .last()
            .map(|published| published.definition.name.clone());
        let name = name.ok_or_else(|| Error::new(ErrorKind::Internal, "a version has no tag"))?;
        let command = Command::RollbackTag {
            name: name.clone(),
            version,
        };
        let applied = propose_accepted(&self.context.raft, command, request).await?;
        let newest = self.newest(&name)?;
        Ok((applied.index, self.with_stats(newest).await?))
    }

    fn wanted(&self, names: &[String]) -> Result<Vec<Name>> {
        let catalog = self.context.catalog();
        if names.is_empty() {
            let all: Vec<Name> = catalog
                .tag_names_at(catalog.applied)
                .into_iter()
                .cloned()
                .collect();
            if all.is_empty() {
                return Err(Error::new(
                    ErrorKind::NotFound,
                    "no tag is defined: apply one first",
                ));
            }
            return Ok(all);
        }
        let mut wanted = Vec::with_capacity(names.len());
        for name in names {
            let name = Name::new(name).map_err(|e| Error::wrap(ErrorKind::Invalid, &e))?;
            if !wanted.contains(&name) {
                wanted.push(name);
            }
        }
        Ok(wanted)
    }

    async fn compute_and_publish(&self, run: &OpenRun) -> Result<()> {
        let manifest = self.compute(run).await?;
        let key = self.put_manifest(run, &manifest).await?;
        let tags = manifest.tags.iter().map(|tag| PublishedTag {
            name: tag.name.clone(),
            rows: tag.stats.rows,
        });
        let publish = PublishTags {
            job: run.job,
            manifest: key,
            tags: tags.collect(),
        };
        crash_point("publish.before_propose");
        let command = Command::PublishTags(publish);
        propose_accepted(&self.context.raft, command, None).await?;
        crash_point("publish.after_propose");
        Ok(())
    }

    /// What a run has published: the entry's index, and a version for each of its tags.
    async fn published(&self, run: &OpenRun) -> Result<(LogIndex, Vec<PublishedVersion>)> {
        let catalog = self.context.catalog();
        let found = catalog.published_by(run.job);
        let mut versions = Vec::with_capacity(run.tags.len());
        for tag in &run.tags {
            let of_tag = found.iter().find(|p| p.definition.name == tag.name);
            let of_tag = of_tag.ok_or_else(|| {
                Error::new(ErrorKind::Internal, "a published version has vanished")
            })?;
            versions.push(self.with_stats((*of_tag).clone()).await?);
        }
        let index = found.first().map_or(LogIndex::ZERO, |p| p.index);
        Ok((index, versions))
    }

    async fn compute(&self, run: &OpenRun) -> Result<TagManifest> {
        let cluster = self.context.cluster()?;
        let catalog = &run.catalog;
        let scope = CatalogScope::new(catalog, run.index, &cluster.zone);
        let names = catalog.tag_names_at(run.index);
        let published: Vec<_> = names
            .iter()
            .filter_map(|name| scope.tag(name.as_str()))
            .collect();
        let manifests = published.iter().map(|slot| {
            let version = catalog.version_at(slot.name.as_str(), run.index);
            version
                .map(|published| published.manifest.key.clone())
                .unwrap_or_default()
        });
        let manifests: Vec<String> = manifests.collect();
        let tables = catalog
            .tables
            .values()
            .filter_map(|table| table.at(run.index))
            .cloned();
        let spec = TagJobSpec {
            tags: run.tags.clone(),
            tables: tables.collect(),
            published,
            zone: cluster.zone.clone(),
        };
        let spec = bytes::Bytes::from(codec::encode(&spec));
        let call = |shard, epoch| RunTagsCall {
            cluster_id: cluster.cluster_id.clone(),
            job: run.job.0,
            index: run.index,
            as_of: run.as_of,
            shard: (shard, epoch),
            spec: spec.clone(),
            tag_manifests: manifests.clone(),
        };
        let results = self.context.router.run_tags(&call).await?;
        let mut manifest = TagManifest {
            tags: run.tags.iter().map(empty_entry).collect(),
        };
        for (shard, pack, result) in results {
            let result: ShardJobResult = codec::decode(&result, "tag run result")
                .map_err(|error| Error::wrap(error.kind(), &error))?;
            for (entry, tag) in manifest.tags.iter_mut().zip(&result.tags) {
                entry.stats.merge(&tag.stats);
                entry.population += result.population;
                let pack = pack.clone();
                entry.shards.push(PackSection {
                    shard,
                    pack,
                    section: tag.section,
                });
            }
        }
        let elapsed = u64::try_from(run.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        for entry in &mut manifest.tags {
            entry.duration_ms = elapsed;
        }
        Ok(manifest)
    }

    async fn put_manifest(&self, run: &OpenRun, manifest: &TagManifest) -> Result<ObjectRef> {
        let nonce = Nonce::random();
        let key = format!("tag/{:020}/manifest-{nonce}", run.job.0);
        let object = encode_single(ObjectKind::TagManifest, nonce, &codec::encode(manifest));
        let bytes = object.len() as u64;
        self.context.store.create(&key, object, nonce).await?;
        crash_point("publish.after_manifest");
        Ok(ObjectRef { key, bytes })
    }

    fn newest(&self, name: &Name) -> Result<Published> {
        let catalog = self.context.catalog();
        let newest = catalog
            .tags
            .get(name)
            .and_then(|tag| tag.versions.last().cloned());
        newest.ok_or_else(|| Error::new(ErrorKind::Internal, "a published version has vanished"))
    }

    async fn with_stats(&self, published: Published) -> Result<PublishedVersion> {
        let key = published.manifest.key.clone();
        let object = self.context.store.read(&key).await?;
        let (_, bytes) = decode_single(ObjectKind::TagManifest, object, &key)?;
        let manifest: TagManifest = codec::decode(&bytes, "tag manifest")
            .map_err(|error| Error::wrap(error.kind(), &error))?;
        let name = &published.definition.name;
        let entry = manifest
            .tags
            .into_iter()
            .find(|tag| tag.name == *name)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Corrupt,
                    format!("object {key} does not name tag `{name}`"),
                )
            })?;
        Ok(PublishedVersion {
            published,
            stats: entry.stats,
            population: entry.population,
            duration_ms: entry.duration_ms,
        })
    }
}

fn empty_entry(tag: &TagDefinition) -> TagManifestEntry {
    TagManifestEntry {
        name: tag.name.clone(),
        kind: tag.kind,
        stats: TagStats::default(),
        population: 0,
        duration_ms: 0,
        shards: Vec::new(),
    }
}
