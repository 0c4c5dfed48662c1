//! `tagma bench count`.

use std::time::Instant;

use serde::Serialize;
use tagma_proto::pb::segment::v1::{CountRequest, CountResponse, ReadAt};

use super::latency::{CallArgs, Latency, Times};
use crate::{connection::Connection, console::Console, failure::Failure};

/// Time how long counting an expression takes, as a client sees it
///
///     tagma bench count "vip AND app AND NOT churned"
///     tagma bench count "a AND b" "b AND a" --calls 10000
///
/// Calls go one after the other over one open line. Every call speaks of another moment, so that
/// none can be answered from what was computed for an earlier one. Several expressions are asked
/// in turn and must mean the same people.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct BenchCountArgs {
    /// The expressions
    #[arg(value_name = "EXPR", required = true)]
    exprs: Vec<String>,
    #[command(flatten)]
    calls: CallArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    count: u64,
    index: u64,
    population: u64,
    #[serde(flatten)]
    latency: Latency,
    /// Median of the time inside the server.
    server_p50_ms: f64,
}

/// Asks one call after the other.
struct Asker<'a> {
    connection: &'a Connection,
    exprs: &'a [String],
    /// Where all calls read.
    index: u64,
    /// What now() means in the next call.
    as_of_unix_us: i64,
    first: CountResponse,
}

pub(crate) async fn run(
    args: &BenchCountArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let first = connection.count(request(&args.exprs[0], None)).await?;
    let mut asker = Asker {
        connection,
        exprs: &args.exprs,
        index: first.log_index,
        as_of_unix_us: first.as_of_unix_us,
        first,
    };
    for call in 0..args.calls.warm_up {
        asker.ask(call).await?;
    }
    let mut times = Times::default();
    let mut inside = Vec::new();
    for call in 0..args.calls.calls {
        let begin = Instant::now();
        let counted = asker.ask(call).await?;
        times.push(begin.elapsed());
        inside.push(counted.elapsed_us);
    }
    inside.sort_unstable();
    let latency = times.latency();
    let answer = Answer {
        count: asker.first.count,
        index: asker.index,
        population: asker.first.population,
        latency: latency.ok_or_else(|| Failure::internal("bench", "no call was timed"))?,
        server_p50_ms: inside[(inside.len() - 1) / 2] as f64 / 1e3,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    answer.latency.show(console)?;
    console.note(&format!(
        "{} of {} people at index {}; {:.3} ms of the median inside the server",
        answer.count, answer.population, answer.index, answer.server_p50_ms
    ));
    Ok(())
}

impl Asker<'_> {
    async fn ask(&mut self, call: u32) -> Result<CountResponse, Failure> {
        let expr = &self.exprs[call as usize % self.exprs.len()];
        self.as_of_unix_us += 1;
        let at = ReadAt {
            log_index: Some(self.index),
            as_of_unix_us: Some(self.as_of_unix_us),
            ..ReadAt::default()
        };
        let counted = self.connection.count(request(expr, Some(at))).await?;
        if counted.count == self.first.count {
            return Ok(counted);
        }
        Err(Failure::invalid(format!(
            "`{}` holds {} people where `{}` holds {}, both at index {}: time them apart",
            expr, counted.count, self.exprs[0], self.first.count, self.index
        )))
    }
}

fn request(expr: &str, at: Option<ReadAt>) -> CountRequest {
    CountRequest {
        expression: Some(expr.to_owned().into()),
        at: Some(at.unwrap_or_default()),
        waterfall: false,
    }
}
