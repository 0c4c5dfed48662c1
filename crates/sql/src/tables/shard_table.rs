//! `ShardTable`: one table of one shard at one index, as DataFusion reads it.

use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use tagma_core::schema::TableKind;
use tagma_core::time::Zone;

use super::exec::{Combine, ShardScan, ShardScanExec};
use super::exposure::Exposure;
use super::newest::VersionedKey;
use super::scan::scan_stored;
use super::table_at::TableAt;
use crate::arrow_types::{FROM, ORIGIN, stored_schema};
use crate::run::sort_columns;

/// A table of a shard: `oneid` (but for a reference table), the declared columns, and `ts` and
/// `event` where the table declares them and no column has that name.
#[derive(Debug)]
pub struct ShardTable {
    at: TableAt,
    exposure: Exposure,
}

impl ShardTable {
    /// `at`, its timestamps labelled `zone` (the reader's).
    pub fn new(at: TableAt, zone: Zone) -> Self {
        let exposure = Exposure::new(&at.schema, at.zone, zone);
        Self { at, exposure }
    }

    fn combine(&self) -> Combine {
        match VersionedKey::of(&self.at.schema) {
            Some(key) => Combine::Newest(key),
            None if self.at.schema.kind == TableKind::Attributes => Combine::Latest,
            None => Combine::Each,
        }
    }

    /// Whether rows may be left out by `filter` before they are combined.
    fn may_skip_by(&self, filter: &Expr) -> bool {
        match self.combine() {
            Combine::Each => true,
            // A row of an attribute table that fails a condition may still hold another column's
            // latest value.
            Combine::Latest => false,
            // A row that fails a condition may still replace another; not where the condition
            // looks at the key alone, which both have.
            Combine::Newest(key) => filter.column_refs().into_iter().all(|column| {
                let exposed = self.exposure.column(&column.name);
                exposed.is_some_and(|exposed| key.contains(&exposed.source))
            }),
        }
    }

    /// The stored columns that `projection` and the order of rows need.
    fn stored_columns(&self, projection: &[usize]) -> Result<Vec<usize>> {
        let schema = stored_schema(&self.at.schema);
        let mut columns = Vec::new();
        let mut need = |name: &str| -> Result<()> {
            let column = schema.index_of(name)?;
            if !columns.contains(&column) {
                columns.push(column);
            }
            Ok(())
        };
        for (name, _) in sort_columns(&self.at.schema) {
            need(&name)?;
        }
        if !self.at.departed.is_empty() {
            need(FROM)?;
            need(ORIGIN)?;
        }
        if let Combine::Newest(key) = self.combine() {
            key.needs().try_for_each(&mut need)?;
        }
        for number in projection {
            need(&self.exposure.columns[*number].source)?;
        }
        Ok(columns)
    }

    fn time_options(&self) -> SortOptions {
        let time = self.at.schema.time.as_ref();
        let columns = sort_columns(&self.at.schema);
        let column = columns
            .iter()
            .find(|(name, _)| Some(name.as_str()) == time.map(|t| t.as_str()));
        column.map_or(SortOptions::new(false, false), |(_, options)| *options)
    }

    fn rows(&self) -> usize {
        let hot: usize = self.at.hot.iter().map(|b| b.num_rows()).sum();
        let runs: u64 = self.at.runs.iter().map(|r| r.rows).sum();
        hot.saturating_add(usize::try_from(runs).unwrap_or(usize::MAX))
    }
}

#[async_trait]
impl TableProvider for ShardTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.exposure.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = filters.iter().map(|filter| match self.may_skip_by(filter) {
            true => TableProviderFilterPushDown::Inexact,
            false => TableProviderFilterPushDown::Unsupported,
        });
        Ok(support.collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = || (0..self.exposure.columns.len()).collect();
        let projection: Vec<usize> = projection.cloned().unwrap_or_else(all);
        let columns = self.stored_columns(&projection)?;
        let filters = filters.iter().filter(|filter| self.may_skip_by(filter));
        let filters: Vec<Expr> = filters.cloned().collect();
        let stored = scan_stored(state, &self.at, &self.exposure, &columns, &filters)?;
        let scan = ShardScan {
            table: self.at.schema.name.to_string(),
            stored,
            departed: Arc::clone(&self.at.departed),
            index: self.at.index,
            exposure: self.exposure.clone(),
            projection,
            combine: self.combine(),
            time_options: self.time_options(),
            rows: self.rows(),
        };
        Ok(Arc::new(ShardScanExec::new(scan)?))
    }
}
