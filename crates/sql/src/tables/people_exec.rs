//! `PeopleExec`: the leaf that streams living people, in the order of their OneIDs.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::SortOptions;
use arrow::datatypes::{FieldRef, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
};
use futures::stream;
use tagma_core::time::Zone;
use tagma_core::{OneId, Ordinal, ShardId};

use super::error::PeopleError;
use super::exposure::labelled;
use super::people::{PeopleSource, TagReader};
use crate::arrow_types::ONEID;

#[derive(Debug)]
struct People {
    shard: ShardId,
    source: Arc<dyn PeopleSource>,
    /// `oneid` and tags, as projected.
    schema: SchemaRef,
    zone: Zone,
}

/// The leaf: one partition, ordered by oneid where that is projected.
#[derive(Debug)]
pub(super) struct PeopleExec {
    people: Arc<People>,
    properties: Arc<PlanProperties>,
}

impl PeopleExec {
    pub(super) fn new(
        shard: ShardId,
        source: Arc<dyn PeopleSource>,
        schema: SchemaRef,
        zone: Zone,
    ) -> Self {
        let oneid = Column::new_with_schema(ONEID, &schema).ok();
        let ordering = oneid.map(|oneid| {
            vec![PhysicalSortExpr {
                expr: Arc::new(oneid) as Arc<dyn PhysicalExpr>,
                options: SortOptions::new(false, false),
            }]
        });
        let equivalences = EquivalenceProperties::new_with_orderings(Arc::clone(&schema), ordering);
        let properties = PlanProperties::new(
            equivalences,
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let people = People {
            shard,
            source,
            schema,
            zone,
        };
        Self {
            people: Arc::new(people),
            properties: Arc::new(properties),
        }
    }
}

impl DisplayAs for PeopleExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeopleExec: shard={}", self.people.shard)
    }
}

impl ExecutionPlan for PeopleExec {
    fn name(&self) -> &str {
        "PeopleExec"
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
        _partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let reading = Reading {
            people: Arc::clone(&self.people),
            columns: self.people.open().map_err(external)?,
            next: Some(0),
            batch_rows: context.session_config().batch_size(),
        };
        let rows = stream::try_unfold(reading, |mut reading| async move {
            let batch = reading.next_batch()?;
            Ok(batch.map(|batch| (batch, reading)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }
}

fn external(error: PeopleError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// How one projected column is filled.
#[derive(Debug)]
enum ColumnReader {
    OneId,
    /// No version is published.
    Null(FieldRef),
    Tag(FieldRef, Arc<dyn TagReader>),
}

impl People {
    fn open(&self) -> Result<Vec<ColumnReader>, PeopleError> {
        let open = |field: &FieldRef| {
            if field.name() == ONEID {
                return Ok(ColumnReader::OneId);
            }
            Ok(match self.source.tag(field.name())? {
                Some(reader) => ColumnReader::Tag(Arc::clone(field), reader),
                None => ColumnReader::Null(Arc::clone(field)),
            })
        };
        self.schema.fields().iter().map(open).collect()
    }
}

struct Reading {
    people: Arc<People>,
    columns: Vec<ColumnReader>,
    /// The first ordinal not yet read; `None` at the end.
    next: Option<Ordinal>,
    batch_rows: usize,
}

impl Reading {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let Some(from) = self.next else {
            return Ok(None);
        };
        let mut ordinals = Vec::with_capacity(self.batch_rows);
        let source = &self.people.source;
        source
            .alive(from, self.batch_rows, &mut ordinals)
            .map_err(external)?;
        self.next = ordinals.last().and_then(|last| last.checked_add(1));
        if ordinals.is_empty() {
            return Ok(None);
        }
        let columns = self.columns.iter().map(|c| self.column(c, &ordinals));
        let columns: Vec<ArrayRef> = columns.collect::<Result<_>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(ordinals.len()));
        let schema = Arc::clone(&self.people.schema);
        Ok(Some(RecordBatch::try_new_with_options(
            schema, columns, &options,
        )?))
    }

    fn column(&self, column: &ColumnReader, ordinals: &[Ordinal]) -> Result<ArrayRef> {
        match column {
            ColumnReader::OneId => {
                let oneids = ordinals
                    .iter()
                    .map(|o| OneId::new(self.people.shard, *o).get());
                Ok(Arc::new(Int64Array::from_iter_values(oneids)))
            }
            ColumnReader::Null(field) => Ok(new_null_array(field.data_type(), ordinals.len())),
            ColumnReader::Tag(field, reader) => {
                let values = labelled(&reader.read(ordinals).map_err(external)?, self.people.zone);
                if values.data_type() != field.data_type() || values.len() != ordinals.len() {
                    return Err(DataFusionError::Internal(format!(
                        "tag `{}` was read as {} values of {}",
                        field.name(),
                        values.len(),
                        values.data_type()
                    )));
                }
                Ok(values)
            }
        }
    }
}
