//! `ShardScanExec`: the leaf of a plan that reads a table of a shard.
//!
//! Owns what the scan promises: one partition, ordered by (oneid, ts). It hides the plan beneath
//! it on purpose, so that no optimiser rule replaces its merge or reads its partitions.

use std::fmt;
use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, StatisticsArgs,
};
use futures::{StreamExt, TryStreamExt};
use tagma_core::LogIndex;

use super::departed::Departed;
use super::exposure::{Exposure, TS};
use super::latest::latest_per_column;
use super::newest::{VersionedKey, newest_of_key};
use crate::arrow_types::ONEID;

/// How the rows of a table combine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Combine {
    /// Every row counts.
    Each,
    /// One row a person, each column its latest value.
    Latest,
    /// One row a person and key.
    Newest(VersionedKey),
}

/// What a scan reads and how it shows it.
#[derive(Debug)]
pub(super) struct ShardScan {
    pub(super) table: String,
    /// Visible stored rows in order, one partition.
    pub(super) stored: Arc<dyn ExecutionPlan>,
    /// Rows among them that are elsewhere at `index`.
    pub(super) departed: Arc<Departed>,
    pub(super) index: LogIndex,
    pub(super) exposure: Exposure,
    /// Columns of the exposure.
    pub(super) projection: Vec<usize>,
    pub(super) combine: Combine,
    /// Where rows without a time go.
    pub(super) time_options: SortOptions,
    /// Rows, at most.
    pub(super) rows: usize,
}

/// The leaf.
#[derive(Debug)]
pub(super) struct ShardScanExec {
    scan: Arc<ShardScan>,
    properties: Arc<PlanProperties>,
}

impl ShardScanExec {
    pub(super) fn new(scan: ShardScan) -> Result<Self> {
        let schema = Arc::new(scan.exposure.schema.project(&scan.projection)?);
        let ordering = ordering(&scan, &schema);
        let equivalences = EquivalenceProperties::new_with_orderings(schema, ordering);
        let properties = PlanProperties::new(
            equivalences,
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self {
            scan: Arc::new(scan),
            properties: Arc::new(properties),
        })
    }
}

fn ordering(scan: &ShardScan, schema: &SchemaRef) -> Option<Vec<PhysicalSortExpr>> {
    let sort = |name: &str, options| {
        let column = Column::new_with_schema(name, schema).ok()?;
        let expr = Arc::new(column) as Arc<dyn PhysicalExpr>;
        Some(PhysicalSortExpr { expr, options })
    };
    let mut keys = vec![sort(ONEID, SortOptions::new(false, false))?];
    if scan.combine != Combine::Latest {
        keys.extend(sort(TS, scan.time_options).filter(|_| {
            // A column named `ts` that is not the declared time has no order.
            scan.exposure
                .column(TS)
                .is_some_and(|c| c.source != c.name || scan.ts_is_time())
        }));
    }
    Some(keys)
}

impl ShardScan {
    fn ts_is_time(&self) -> bool {
        self.exposure.time.as_deref() == Some(TS)
    }
}

impl ShardScanExec {
    /// Without the rows that are elsewhere by now.
    fn here(&self, rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
        if self.scan.departed.is_empty() {
            return rows;
        }
        let (scan, schema) = (Arc::clone(&self.scan), rows.schema());
        let staying = rows.and_then(move |batch| {
            let staying = scan.departed.staying(batch, scan.index);
            std::future::ready(staying.map_err(Into::into))
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, staying))
    }
}

impl DisplayAs for ShardScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ShardScanExec: table={}, combine={:?}",
            self.scan.table, self.scan.combine
        )
    }
}

impl ExecutionPlan for ShardScanExec {
    fn name(&self) -> &str {
        "ShardScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        if partition != 0 {
            return Err(DataFusionError::Internal(format!(
                "no partition {partition}"
            )));
        }
        let pool = Arc::clone(context.memory_pool());
        let rows = self.here(self.scan.stored.execute(0, context)?);
        let rows = match &self.scan.combine {
            Combine::Each => rows.boxed(),
            Combine::Latest => latest_per_column(rows).boxed(),
            Combine::Newest(key) => newest_of_key(rows, key, &pool)?.boxed(),
        };
        let (scan, schema) = (Arc::clone(&self.scan), self.schema());
        let exposed = rows.and_then(move |batch| {
            let batch = scan.exposure.apply(&batch, &scan.projection, &schema);
            std::future::ready(batch.map_err(Into::into))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            exposed,
        )))
    }

    fn statistics_from_inputs(
        &self,
        _input_stats: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        statistics.num_rows = Precision::Inexact(self.scan.rows);
        Ok(Arc::new(statistics))
    }
}
