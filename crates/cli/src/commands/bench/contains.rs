//! `tagma bench contains`.

use std::time::Instant;

use serde::Serialize;
use tagma_proto::pb::segment::v1::{ContainsRequest, ReadAt};

use super::latency::{CallArgs, Latency, Times};
use crate::{args::parse_person, connection::Connection, console::Console, failure::Failure};

/// Time how long it takes to tell whether one person is in an expression
///
///     tagma bench contains "vip AND NOT churned" --person phone:13800138000 --person crm_id:7
///
/// Calls go one after the other over one open line; the people are asked about in turn.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct BenchContainsArgs {
    /// The expression
    #[arg(value_name = "EXPR")]
    expr: String,
    /// TYPE:VALUE or oneid:N
    #[arg(long = "person", value_name = "P", required = true, value_parser = parse_person)]
    people: Vec<String>,
    #[command(flatten)]
    calls: CallArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    /// One per person, in order.
    contains: Vec<bool>,
    #[serde(flatten)]
    latency: Latency,
}

pub(crate) async fn run(
    args: &BenchContainsArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut contains = Vec::new();
    for person in &args.people {
        contains.push(ask(args, connection, person).await?);
    }
    for person in args.people.iter().cycle().take(args.calls.warm_up as usize) {
        ask(args, connection, person).await?;
    }
    let mut times = Times::default();
    for person in args.people.iter().cycle().take(args.calls.calls as usize) {
        let begin = Instant::now();
        ask(args, connection, person).await?;
        times.push(begin.elapsed());
    }
    let latency = times.latency();
    let answer = Answer {
        contains,
        latency: latency.ok_or_else(|| Failure::internal("bench", "no call was timed"))?,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    answer.latency.show(console)?;
    let inside = answer.contains.iter().filter(|&&is_in| is_in).count();
    let people = answer.contains.len();
    console.note(&format!("{inside} of the {people} people are in it"));
    Ok(())
}

async fn ask(
    args: &BenchContainsArgs,
    connection: &Connection,
    person: &str,
) -> Result<bool, Failure> {
    let request = ContainsRequest {
        expression: Some(args.expr.clone().into()),
        person: person.to_owned(),
        at: Some(ReadAt::default()),
    };
    Ok(connection.contains(request).await?.contains)
}
