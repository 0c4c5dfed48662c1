//! The lists of functions.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use tagma_core::AsOf;
use tagma_core::time::Zone;

use super::aggregate::ExactAggregate;
use super::calendar::{DateTrunc, DaysBetween};
use super::clock::Clock;
use super::last_value::LastValue;
use super::rounding::{Rounding, RoundingFunction};

/// DataFusion's scalar functions that are taken as they are.
const SCALARS: &[&str] = &[
    "ascii",
    "btrim",
    "character_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "date_part",
    "ends_with",
    "greatest",
    "initcap",
    "least",
    "left",
    "levenshtein",
    "lower",
    "ltrim",
    "md5",
    "nullif",
    "nvl",
    "nvl2",
    "octet_length",
    "regexp_count",
    "regexp_like",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "rtrim",
    "split_part",
    "starts_with",
    "strpos",
    "substr",
    "translate",
    "upper",
];

/// Our own scalar functions.
const OWN_SCALARS: &[&str] = &[
    "now",
    "current_timestamp",
    "today",
    "current_date",
    "days_between",
    "date_trunc",
    "abs",
    "ceil",
    "floor",
    "round",
];

/// DataFusion's aggregates that are taken as they are.
const AGGREGATES: &[&str] = &["bool_and", "bool_or", "count", "first_value", "max", "min"];

/// Our own aggregates.
const OWN_AGGREGATES: &[&str] = &["sum", "avg", "last_value"];

/// Window functions.
const WINDOWS: &[&str] = &[
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// The scalar functions of a session.
pub(in crate::session) fn scalars(as_of: AsOf, zone: Zone) -> Result<Vec<Arc<ScalarUDF>>> {
    let mut functions = SessionStateDefaults::default_scalar_functions();
    functions.retain(|f| SCALARS.contains(&f.name()));
    functions.push(Arc::new(ScalarUDF::new_from_impl(Clock::now(as_of, zone))));
    functions.push(Arc::new(ScalarUDF::new_from_impl(Clock::today(
        as_of, zone,
    )?)));
    functions.push(Arc::new(ScalarUDF::new_from_impl(DaysBetween::new(zone))));
    functions.push(Arc::new(ScalarUDF::new_from_impl(DateTrunc::new(zone))));
    for which in Rounding::ALL {
        functions.push(Arc::new(ScalarUDF::new_from_impl(RoundingFunction::new(
            which,
        ))));
    }
    Ok(functions)
}

/// The aggregates of a session.
pub(in crate::session) fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let mut functions = SessionStateDefaults::default_aggregate_functions();
    functions.retain(|f| AGGREGATES.contains(&f.name()));
    functions.push(Arc::new(AggregateUDF::new_from_impl(ExactAggregate::sum())));
    functions.push(Arc::new(AggregateUDF::new_from_impl(ExactAggregate::avg())));
    functions.push(Arc::new(AggregateUDF::new_from_impl(LastValue::new())));
    functions
}

/// The window functions of a session.
pub(in crate::session) fn windows() -> Vec<Arc<WindowUDF>> {
    let mut functions = SessionStateDefaults::default_window_functions();
    functions.retain(|f| WINDOWS.contains(&f.name()));
    functions
}

/// Names of scalar functions that may be called, aliases included.
pub fn scalar_names() -> Vec<String> {
    let functions = SessionStateDefaults::default_scalar_functions();
    let allowed = functions.iter().filter(|f| SCALARS.contains(&f.name()));
    let mut names: Vec<String> = OWN_SCALARS.iter().map(ToString::to_string).collect();
    for function in allowed {
        names.push(function.name().to_string());
        names.extend(function.aliases().iter().cloned());
    }
    names.sort();
    names
}

/// Names of aggregates that may be called, aliases included.
pub fn aggregate_names() -> Vec<String> {
    let functions = SessionStateDefaults::default_aggregate_functions();
    let allowed = functions.iter().filter(|f| AGGREGATES.contains(&f.name()));
    let mut names: Vec<String> = OWN_AGGREGATES.iter().map(ToString::to_string).collect();
    for function in allowed {
        names.push(function.name().to_string());
        names.extend(function.aliases().iter().cloned());
    }
    names.sort();
    names
}

/// Names of functions that may be called with OVER, aggregates apart.
pub fn window_names() -> Vec<String> {
    WINDOWS.iter().map(ToString::to_string).collect()
}
