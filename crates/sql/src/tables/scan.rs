//! The stored rows of a table that are visible at its index, as one ordered stream.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::union::UnionExec;
use tagma_core::schema::TableSchema;

use super::exposure::Exposure;
use super::hot::visible_hot;
use super::predicate::{events_wanted, stored_filter};
use super::sections::{SectionScan, needed_sections};
use super::table_at::TableAt;
use crate::arrow_types::{FROM, SEQ, stored_schema};
use crate::run::sort_columns;

/// A plan with one partition: the visible rows, columns `columns` of the stored schema (which
/// include those that order the table), in the table's order. `filters` may skip rows.
pub(super) fn scan_stored(
    state: &dyn Session,
    at: &TableAt,
    exposure: &Exposure,
    columns: &[usize],
    filters: &[Expr],
) -> Result<Arc<dyn ExecutionPlan>> {
    let table = at.reading_schema();
    let schema = stored_schema(&table);
    let event = at.schema.event.as_ref().map(|e| e.as_str());
    let events = events_wanted(filters, exposure, event);
    let (whole, partial) = needed_sections(at, events.as_ref());
    let sections = SectionScan {
        state,
        schema: Arc::clone(&schema),
        ordering: ordering(&table, &schema)?,
        predicate: None,
    };
    let sections = SectionScan {
        predicate: stored_predicate(state, at, exposure, &schema, filters)?,
        ..sections
    };
    let mut inputs: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
    if !whole.is_empty() {
        inputs.push(sections.plan(whole, columns.to_vec())?);
    }
    if !partial.is_empty() {
        let from = schema.index_of(FROM)?;
        let missing = Some(from).filter(|from| !columns.contains(from));
        let with_from: Vec<usize> = columns.iter().copied().chain(missing).collect();
        let rows = sections.plan(partial, with_from)?;
        inputs.push(visible_only(state, at, rows, columns.len())?);
    }
    if let Some(hot) =
        visible_hot(at, &table).map_err(|e| DataFusionError::External(Box::new(e)))?
    {
        let memory =
            MemorySourceConfig::try_new(&[vec![hot]], Arc::clone(&schema), Some(columns.to_vec()))?;
        let memory = memory.try_with_sort_information(vec![ordering(&table, &schema)?])?;
        inputs.push(DataSourceExec::from_data_source(memory));
    }
    merged(&table, inputs, Arc::new(schema.project(columns)?))
}

/// Conditions on stored columns by which row groups and pages are skipped.
fn stored_predicate(
    state: &dyn Session,
    at: &TableAt,
    exposure: &Exposure,
    schema: &SchemaRef,
    filters: &[Expr],
) -> Result<Option<Arc<dyn datafusion::physical_expr::PhysicalExpr>>> {
    // The types that conditions were planned with.
    let planned = stored_schema(&at.schema);
    let is_as_planned = |filter: &Expr| {
        filter.column_refs().into_iter().all(|column| {
            let exposed = exposure.column(&column.name).map(|c| c.source.as_str());
            let type_in = |schema: &Schema| {
                let field = schema.field_with_name(exposed?).ok()?;
                Some(field.data_type().clone())
            };
            type_in(&planned) == type_in(schema)
        })
    };
    let mut stored = Vec::with_capacity(filters.len());
    for filter in filters.iter().filter(|filter| is_as_planned(filter)) {
        stored.extend(stored_filter(filter, exposure)?);
    }
    let df_schema = DFSchema::try_from(Arc::clone(schema))?;
    let predicate = conjunction(stored);
    predicate
        .map(|p| state.create_physical_expr(p, &df_schema))
        .transpose()
}

/// `_seq < end AND (_from IS NULL OR _from <= index)`; keeps the first `columns` columns.
fn visible_only(
    state: &dyn Session,
    at: &TableAt,
    rows: Arc<dyn ExecutionPlan>,
    columns: usize,
) -> Result<Arc<dyn ExecutionPlan>> {
    let arrived = col(SEQ).lt(lit(at.end().0));
    let here = col(FROM).is_null().or(col(FROM).lt_eq(lit(at.last_from())));
    let df_schema = DFSchema::try_from(rows.schema())?;
    let visible = state.create_physical_expr(arrived.and(here), &df_schema)?;
    let filter = FilterExecBuilder::new(visible, rows);
    let filter = filter.apply_projection(Some((0..columns).collect()))?;
    Ok(Arc::new(filter.build()?))
}

fn merged(
    table: &TableSchema,
    mut inputs: Vec<Arc<dyn ExecutionPlan>>,
    schema: SchemaRef,
) -> Result<Arc<dyn ExecutionPlan>> {
    let all = match inputs.len() {
        0 => return Ok(Arc::new(EmptyExec::new(schema))),
        1 => inputs.remove(0),
        _ => UnionExec::try_new(inputs)?,
    };
    if all.properties().output_partitioning().partition_count() == 1 {
        return Ok(all);
    }
    let ordering = ordering(table, &all.schema())?;
    Ok(Arc::new(SortPreservingMergeExec::new(ordering, all)))
}

/// The order of the table over the columns of `schema`.
fn ordering(table: &TableSchema, schema: &Schema) -> Result<LexOrdering> {
    let mut keys = Vec::new();
    for (name, options) in sort_columns(table) {
        let expr = Arc::new(Column::new_with_schema(&name, schema)?);
        keys.push(PhysicalSortExpr { expr, options });
    }
    LexOrdering::new(keys)
        .ok_or_else(|| DataFusionError::Internal("a table without an order".into()))
}
