//! `tagma identity resolve`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::ResolveRequest;

use crate::{
    args::parse_person, connection::Connection, console::Console, failure::Failure, output::Grid,
};

/// Show the person behind an identifier, with all identifiers
///
///     tagma identity resolve phone:13800138000
///     tagma identity resolve oneid:4294967296
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ResolveArgs {
    /// TYPE:VALUE or oneid:N
    #[arg(value_name = "P", value_parser = parse_person)]
    person: String,
    /// Read at this log index instead of the newest one
    #[arg(long, value_name = "INDEX")]
    at: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Answer {
    oneid: i64,
    identifiers: Vec<IdentifierAnswer>,
    index: u64,
}

#[derive(Debug, Serialize)]
struct IdentifierAnswer {
    r#type: String,
    value: String,
}

pub(crate) async fn run(
    args: &ResolveArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ResolveRequest {
        person: args.person.clone(),
        log_index: args.at,
    };
    let resolved = connection.resolve(request).await?;
    let identifiers = resolved
        .identifiers
        .into_iter()
        .map(|identifier| IdentifierAnswer {
            r#type: identifier.r#type,
            value: identifier.value,
        });
    let answer = Answer {
        oneid: resolved.oneid,
        identifiers: identifiers.collect(),
        index: resolved.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["type", "value"]);
    grid.row(["oneid".to_owned(), answer.oneid.to_string()]);
    for identifier in answer.identifiers {
        grid.row([identifier.r#type, identifier.value]);
    }
    console.grid(&grid)?;
    console.note(&format!("at index {}", answer.index));
    Ok(())
}
