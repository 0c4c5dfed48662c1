//! `tagma contains`.

use serde::Serialize;
use tagma_proto::pb::segment::v1::ContainsRequest;

use crate::{
    args::{ReadAtArgs, parse_person},
    connection::Connection,
    console::Console,
    failure::Failure,
};

/// Tell whether one person is in an expression
///
///     tagma contains "segment('loyal')" --person phone:13800138000
///
/// Prints true or false.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ContainsArgs {
    /// The expression
    #[arg(value_name = "EXPR")]
    expr: String,
    /// TYPE:VALUE or oneid:N
    #[arg(long, value_name = "P", value_parser = parse_person)]
    person: String,
    #[command(flatten)]
    at: ReadAtArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    contains: bool,
    index: u64,
    oneid: i64,
    as_of: crate::output::Instant,
}

pub(crate) async fn run(
    args: &ContainsArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ContainsRequest {
        expression: Some(args.expr.clone().into()),
        person: args.person.clone(),
        at: Some(args.at.resolve(connection).await?),
    };
    let found = connection.contains(request).await?;
    let answer = Answer {
        contains: found.contains,
        index: found.log_index,
        oneid: found.oneid,
        as_of: crate::output::Instant::new(found.as_of_unix_us),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.line(if found.contains { "true" } else { "false" })?;
    console.note(&format!(
        "oneid {}, at index {}",
        found.oneid, found.log_index
    ));
    Ok(())
}
