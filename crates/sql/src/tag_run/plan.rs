//! From text to a plan.

use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, col};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement as DfStatement;
use sqlparser::ast::Statement;
use tokio::runtime::Handle;

use super::error::Error;
use super::job::TagSpec;
use crate::analyse::{TagQuery, check_written, describe};
use crate::arrow_types::ONEID;
use crate::guard::read_query;
use crate::session::{SessionSpec, SqlRuntime, build_session, kind_of};

/// A query ready to run.
pub(super) struct Planned {
    pub(super) query: TagQuery,
    pub(super) plan: Arc<dyn ExecutionPlan>,
    pub(super) context: Arc<TaskContext>,
}

/// Plans on a blocking thread, whose stack the caller's tokio runtime makes large.
pub(super) async fn plan(
    runtime: &SqlRuntime,
    spec: &TagSpec,
    session: SessionSpec,
) -> Result<Planned, Error> {
    let (runtime, tag) = (runtime.clone(), spec.clone());
    let handle = Handle::current();
    let planning =
        tokio::task::spawn_blocking(move || handle.block_on(plan_here(&runtime, &tag, &session)));
    let planned = planning.await;
    planned.map_err(|_| Error::Planner {
        tag: spec.name.clone(),
    })?
}

async fn plan_here(
    runtime: &SqlRuntime,
    spec: &TagSpec,
    session: &SessionSpec,
) -> Result<Planned, Error> {
    let query = read_query(&spec.sql).map_err(|source| Error::Refused {
        tag: spec.name.clone(),
        source,
    })?;
    let unfit = |source| Error::Unfit {
        tag: spec.name.clone(),
        source,
    };
    let context = build_session(runtime, session).map_err(|e| unplanned(spec, &e))?;
    let statement = DfStatement::Statement(Box::new(Statement::Query(query)));
    let state = context.state();
    let written = state.statement_to_plan(statement).await;
    let written = written.map_err(|e| unplanned(spec, &e))?;
    read_only(&written).map_err(|e| unplanned(spec, &e))?;
    check_written(&written).map_err(unfit)?;
    let (optimised, plan) = physical(&context, written)
        .await
        .map_err(|e| unplanned(spec, &e))?;
    Ok(Planned {
        query: describe(&optimised, spec.kind).map_err(unfit)?,
        plan,
        context: context.task_ctx(),
    })
}

/// A second line behind the guard.
fn read_only(plan: &LogicalPlan) -> Result<(), DataFusionError> {
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(plan)
}

/// The optimised plan, and the one that runs; rows come in the order of their OneIDs.
async fn physical(
    context: &SessionContext,
    written: LogicalPlan,
) -> Result<(LogicalPlan, Arc<dyn ExecutionPlan>), DataFusionError> {
    let state = context.state();
    let ordered = LogicalPlanBuilder::from(written).sort([col(ONEID).sort(true, false)])?;
    let optimised = state.optimize(&ordered.build()?)?;
    let plan = state
        .query_planner()
        .create_physical_plan(&optimised, &state)
        .await?;
    Ok((optimised, plan))
}

fn unplanned(spec: &TagSpec, error: &DataFusionError) -> Error {
    let reason = error.strip_backtrace();
    let prefixes = ["Error during planning: ", "Schema error: ", "SQL error: "];
    let bare = prefixes.iter().find_map(|p| reason.strip_prefix(p));
    Error::Plan {
        tag: spec.name.clone(),
        reason: bare.unwrap_or(&reason).to_string(),
        kind: kind_of(error),
    }
}
