//! `tagma count`.

use serde::Serialize;
use tagma_core::time::print_timestamp;
use tagma_proto::pb::segment::v1::{CountRequest, CountResponse};

use crate::{
    args::ReadAtArgs,
    commands::tag::versions::percent,
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, Instant, thousands},
};

/// Count the people of an expression
///
///     tagma count "gender = 'female' AND city IN ('上海', '杭州')"
///     tagma count "segment('loyal') AND NOT lapsed" --waterfall
///     tagma count "last_order < now() - INTERVAL '30 days'" --as-of 2026-01-31
///
/// The number alone goes to standard output.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CountArgs {
    /// The expression
    #[arg(value_name = "EXPR")]
    expr: String,
    /// Also the size after each part of the top-level AND
    #[arg(long)]
    waterfall: bool,
    #[command(flatten)]
    at: ReadAtArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    count: u64,
    index: u64,
    as_of: Instant,
    population: u64,
    elapsed_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    waterfall: Option<Vec<StepAnswer>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct StepAnswer {
    expr: Option<String>,
    count: u64,
}

pub(crate) async fn run(
    args: &CountArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = CountRequest {
        expression: Some(args.expr.clone().into()),
        at: Some(args.at.resolve(connection).await?),
        waterfall: args.waterfall,
    };
    let counted = connection.count(request).await?;
    if console.json(&answer(&counted, args.waterfall))? {
        return Ok(());
    }
    for warning in &counted.warnings {
        console.note(&format!("warning: {warning}"));
    }
    if args.waterfall {
        console.grid(&waterfall(&counted))?;
    } else {
        console.line(&counted.count.to_string())?;
    }
    console.note(&format!(
        "{} of {} people, at index {} as of {}, in {:.1} ms",
        thousands(counted.count),
        thousands(counted.population),
        counted.log_index,
        print_timestamp(counted.as_of_unix_us),
        milliseconds(counted.elapsed_us),
    ));
    Ok(())
}

fn answer(counted: &CountResponse, waterfall: bool) -> Answer {
    let steps = counted.steps.iter().map(|step| StepAnswer {
        expr: crate::output::text(&step.expr),
        count: step.count,
    });
    Answer {
        count: counted.count,
        index: counted.log_index,
        as_of: Instant::new(counted.as_of_unix_us),
        population: counted.population,
        elapsed_ms: milliseconds(counted.elapsed_us),
        waterfall: waterfall.then(|| steps.collect()),
        warnings: counted.warnings.clone(),
    }
}

fn waterfall(counted: &CountResponse) -> Grid {
    let mut grid = Grid::new(&["condition", "people", "of all"]);
    for step in &counted.steps {
        let name = if step.expr.is_empty() {
            "everyone"
        } else {
            &step.expr
        };
        let share = percent(step.count, counted.population);
        grid.row([name.to_owned(), step.count.to_string(), share]);
    }
    grid
}

fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1_000.0
}
