//! Builds sessions.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::config::Dialect;
use datafusion::common::{Result, TableReference};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::{SessionConfig, SessionContext};
use datafusion::functions::core::planner::CoreFunctionPlanner;
use datafusion::functions::datetime::planner::DatetimeFunctionPlanner;
use datafusion::functions::unicode::planner::UnicodeFunctionPlanner;
use datafusion::functions_aggregate::planner::AggregateFunctionPlanner;
use datafusion::functions_window::planner::WindowFunctionPlanner;
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::logical_expr::var_provider::VarType;
use tagma_core::time::Zone;
use tagma_core::{AsOf, ShardId};

use super::functions::{aggregates, scalars, windows};
use super::operators::Operators;
use super::runtime::SqlRuntime;
use super::types::LocalTypes;
use super::variables::Variables;
use crate::tables::{PEOPLE, PeopleSource, PeopleTable, ShardTable, TableAt};

const CATALOG: &str = "tagma";
const SCHEMA: &str = "shard";
const BATCH_ROWS: usize = 8_192;

/// What a session sees.
#[derive(Debug, Clone)]
pub(crate) struct SessionSpec {
    pub(crate) shard: ShardId,
    pub(crate) as_of: AsOf,
    /// The calendar of the tag.
    pub(crate) zone: Zone,
    pub(crate) tables: Vec<TableAt>,
    pub(crate) people: Arc<dyn PeopleSource>,
}

/// A session over one shard at one index: its tables, `people`, `@as_of`, and nothing else.
pub(crate) fn build_session(runtime: &SqlRuntime, spec: &SessionSpec) -> Result<SessionContext> {
    let runs = spec
        .tables
        .iter()
        .flat_map(|t| t.runs.iter().map(Arc::clone));
    let zone = spec.zone;
    let state = SessionStateBuilder::new()
        .with_config(config())
        .with_runtime_env(runtime.over(runs)?)
        .with_execution_props(execution_props(spec))
        .with_expr_planners(planners(zone))
        .with_type_planner(Arc::new(LocalTypes { zone }))
        .with_scalar_functions(scalars(spec.as_of, zone)?)
        .with_aggregate_functions(aggregates())
        .with_window_functions(windows())
        .build();
    let context = SessionContext::new_with_state(state);
    for table in &spec.tables {
        let name = table.schema.name.as_str();
        let provider = Arc::new(ShardTable::new(table.clone(), zone)) as Arc<dyn TableProvider>;
        context.register_table(quoted(name), provider)?;
    }
    let people = PeopleTable::new(spec.shard, Arc::clone(&spec.people), zone);
    context.register_table(quoted(PEOPLE), Arc::new(people))?;
    Ok(context)
}

/// A reference that is not taken apart at dots nor folded.
fn quoted(name: &str) -> TableReference {
    TableReference::bare(name)
}

fn config() -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(1)
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(false)
        .with_default_catalog_and_schema(CATALOG, SCHEMA);
    let options = config.options_mut();
    options.sql_parser.dialect = Dialect::Generic;
    options.sql_parser.parse_float_as_decimal = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.enable_file_stream_work_stealing = false;
    options.execution.collect_statistics = false;
    config
}

fn execution_props(spec: &SessionSpec) -> ExecutionProps {
    let variables = Variables {
        as_of: spec.as_of,
        zone: spec.zone,
    };
    let mut props = ExecutionProps::new();
    props.add_var_provider(VarType::UserDefined, Arc::new(variables));
    props.query_execution_start_time = chrono::DateTime::from_timestamp_micros(spec.as_of.0);
    props
}

fn planners(zone: Zone) -> Vec<Arc<dyn ExprPlanner>> {
    vec![
        Arc::new(Operators { zone }),
        Arc::new(CoreFunctionPlanner::default()),
        Arc::new(DatetimeFunctionPlanner),
        Arc::new(UnicodeFunctionPlanner),
        Arc::new(AggregateFunctionPlanner),
        Arc::new(WindowFunctionPlanner),
    ]
}
