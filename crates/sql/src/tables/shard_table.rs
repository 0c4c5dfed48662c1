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

use super::exec::{ShardScan, ShardScanExec};
use super::exposure::Exposure;
use super::scan::scan_stored;
use super::table_at::TableAt;
use crate::arrow_types::{FROM, ORIGIN, stored_schema};
use crate::run::sort_columns;

/// A table of a shard: `oneid`, the declared columns, and `ts` and `event` where the table
/// declares them and no column has that name.
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

    fn latest(&self) -> bool {
        self.at.schema.kind == TableKind::Attributes
    }

    /// The stored columns that `projection` and the order of rows need.
    fn stored_columns(&self, projection: &[usize]) -> Result<Vec<usize>> {
        let schema = stored_schema(&self.at.schema);
        let mut columns = Vec::new();
        for (name, _) in sort_columns(&self.at.schema) {
            columns.push(schema.index_of(&name)?);
        }
        if !self.at.departed.is_empty() {
            columns.extend([schema.index_of(FROM)?, schema.index_of(ORIGIN)?]);
        }
        for number in projection {
            let column = schema.index_of(&self.exposure.columns[*number].source)?;
            if !columns.contains(&column) {
                columns.push(column);
            }
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
        // A row of an attribute table that fails a condition may still hold another column's
        // latest value.
        let support = match self.latest() {
            true => TableProviderFilterPushDown::Unsupported,
            false => TableProviderFilterPushDown::Inexact,
        };
        Ok(vec![support; filters.len()])
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
        let filters = if self.latest() { &[] } else { filters };
        let stored = scan_stored(state, &self.at, &self.exposure, &columns, filters)?;
        let scan = ShardScan {
            table: self.at.schema.name.to_string(),
            stored,
            departed: Arc::clone(&self.at.departed),
            index: self.at.index,
            exposure: self.exposure.clone(),
            projection,
            latest: self.latest(),
            time_options: self.time_options(),
            rows: self.rows(),
        };
        Ok(Arc::new(ShardScanExec::new(scan)?))
    }
}
