//! Reading the catalog as of an index.

use super::{
    history::History,
    state::{Catalog, JobId, Published, RowCount},
};
use crate::{
    id::{AsOf, LogIndex, ShardId},
    schema::{Name, TableSchema, TagDefinition},
    segment::SegmentDefinition,
};

impl Catalog {
    /// The cluster's name; empty before there is one.
    pub fn cluster_id(&self) -> &str {
        let cluster = self.cluster.as_ref();
        cluster.map_or("", |cluster| &cluster.cluster_id)
    }

    /// Whether `index` can be read: from the floor on, or pinned. Served-ness is the caller's.
    pub fn is_readable(&self, index: LogIndex) -> bool {
        let pinned = self.pins.values().any(|p| p.index == index)
            || self.jobs.values().any(|j| j.index == index);
        index <= self.applied && (index >= self.floor || pinned)
    }

    /// Stamp of the newest command at or before `index`.
    pub fn commit_time(&self, index: LogIndex) -> Option<AsOf> {
        self.stamps.get_prev(&index).map(|(_, stamp)| AsOf(*stamp))
    }

    /// The tag's definition at `index`.
    pub fn tag_at(&self, name: &str, index: LogIndex) -> Option<&TagDefinition> {
        self.tags
            .get(name)
            .and_then(|tag| tag.definitions.at(index))
    }

    /// The tag's newest version published at or before `index`.
    pub fn version_at(&self, name: &str, index: LogIndex) -> Option<&Published> {
        let tag = self.tags.get(name)?;
        tag.versions
            .iter()
            .rev()
            .find(|published| published.index <= index)
    }

    /// The versions that a run published, by tag; none where it has not, or where all are
    /// forgotten.
    pub fn published_by(&self, job: JobId) -> Vec<&Published> {
        let of_job = |published: &&Published| {
            published.source_index.0 == job.0 && published.rolled_back_to.is_none()
        };
        let versions = self.tags.values().flat_map(|tag| tag.versions.iter().rev());
        versions.filter(of_job).collect()
    }

    /// The segment's definition at `index`.
    pub fn segment_at(&self, name: &str, index: LogIndex) -> Option<&SegmentDefinition> {
        self.segments
            .get(name)
            .and_then(|history| history.at(index))
    }

    /// The table's schema at `index`.
    pub fn table_at(&self, name: &str, index: LogIndex) -> Option<&TableSchema> {
        self.tables.get(name).and_then(|history| history.at(index))
    }

    /// How much ever came to a table. Before rows were counted by table only loads of files tell.
    pub fn rows_of(&self, table: &Name) -> RowCount {
        if let Some(count) = self.table_rows.get(table) {
            return *count;
        }
        let loads = self.producers.values().filter_map(|producer| {
            let load = producer.load.as_ref()?;
            (load.table == *table).then_some((producer.rows, load.bytes))
        });
        loads.fold(RowCount::default(), |sum, (rows, bytes)| RowCount {
            rows: sum.rows + rows,
            bytes: sum.bytes + bytes,
        })
    }

    /// Names of all tags defined at `index`, in order.
    pub fn tag_names_at(&self, index: LogIndex) -> Vec<&Name> {
        let defined = |t: &super::TagState| t.definitions.at(index).is_some();
        self.tags
            .iter()
            .filter(|(_, t)| defined(t))
            .map(|(name, _)| name)
            .collect()
    }

    /// Names of all segments defined at `index`, in order.
    pub fn segment_names_at(&self, index: LogIndex) -> Vec<&Name> {
        let defined = |h: &History<SegmentDefinition>| h.at(index).is_some();
        self.segments
            .iter()
            .filter(|(_, h)| defined(h))
            .map(|(name, _)| name)
            .collect()
    }

    /// The shard's flushed index; 0 where it has no manifest.
    pub fn flushed(&self, shard: ShardId) -> LogIndex {
        let manifest = self.shards.get(&shard).and_then(|a| a.manifest.as_ref());
        manifest.map_or(LogIndex::ZERO, |m| m.flushed)
    }
}
