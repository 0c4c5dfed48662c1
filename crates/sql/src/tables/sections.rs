//! The sections of runs that a scan needs, as plans over Parquet.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::common::config::TableParquetOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::ExecutionPlan;
use object_store::ObjectMeta;

use super::table_at::TableAt;
use crate::run::{RunMeta, section_path};

/// The one URL that sessions know: the verified store.
pub(crate) const RUNS_URL: &str = "tagma://runs";

/// A section: a run and a number in it.
pub(super) type Section = (Arc<RunMeta>, usize);

/// The sections that may hold visible rows with a wanted event: those that are visible as a
/// whole, and those of which each row must be looked at.
pub(super) fn needed_sections(
    at: &TableAt,
    events: Option<&BTreeSet<String>>,
) -> (Vec<Section>, Vec<Section>) {
    let mut needed = Vec::new();
    for run in &at.runs {
        for (number, section) in run.sections.iter().enumerate() {
            let pure = section.event.as_ref();
            let wanted = pure.is_none_or(|e| events.is_none_or(|wanted| wanted.contains(e)));
            if wanted && at.may_show(section) {
                needed.push((Arc::clone(run), number));
            }
        }
    }
    needed
        .into_iter()
        .partition(|(run, number)| at.shows_all(&run.sections[*number]))
}

/// What all sections of a scan share.
pub(super) struct SectionScan<'a> {
    pub(super) state: &'a dyn Session,
    /// The stored schema.
    pub(super) schema: SchemaRef,
    /// Over the stored schema.
    pub(super) ordering: LexOrdering,
    /// Rows for which it is not true may be skipped.
    pub(super) predicate: Option<Arc<dyn PhysicalExpr>>,
}

impl SectionScan<'_> {
    /// A plan with one partition per section, each in order.
    pub(super) fn plan(
        &self,
        sections: Vec<Section>,
        projection: Vec<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let url = ObjectStoreUrl::parse(RUNS_URL)?;
        let env = self.state.runtime_env();
        let cache = env.cache_manager.get_file_metadata_cache();
        let factory = CachedParquetFileReaderFactory::new(env.object_store(&url)?, cache);
        let mut options = TableParquetOptions::default();
        options.global.schema_force_view_types = false;
        options.global.enable_page_index = true;
        let mut source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(factory));
        if let Some(predicate) = &self.predicate {
            source = source.with_predicate(Arc::clone(predicate));
        }
        let groups = sections
            .iter()
            .map(|(run, number)| file_group(run, *number))
            .collect();
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_output_ordering(vec![self.ordering.clone()])
            .with_projection_indices(Some(projection))?
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

fn file_group(run: &RunMeta, number: usize) -> FileGroup {
    let meta = ObjectMeta {
        location: section_path(run, number),
        last_modified: chrono::DateTime::<chrono::Utc>::UNIX_EPOCH,
        size: run.sections[number].length,
        e_tag: None,
        version: None,
    };
    FileGroup::new(vec![PartitionedFile::new_from_meta(meta)])
}
