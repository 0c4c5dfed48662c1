//! `tagma identity unbind`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::UnbindRequest;

use crate::{
    args::parse_person, commands::request_id, connection::Connection, console::Console,
    failure::Failure,
};

/// Take an identifier from its person; the next record that names it attaches it anew
///
///     tagma identity unbind phone:13800138000
///
/// Rows stay where they are.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct UnbindArgs {
    /// The identifier
    #[arg(value_name = "TYPE:VALUE", value_parser = parse_person)]
    identifier: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    identifier: String,
    oneid: i64,
    index: u64,
}

pub(crate) async fn run(
    args: &UnbindArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = UnbindRequest {
        identifier: args.identifier.clone(),
        request_id: request_id(),
    };
    let unbound = connection.unbind_identifier(request).await?;
    connection.wait_served(unbound.log_index).await?;
    let answer = Answer {
        identifier: args.identifier.clone(),
        oneid: unbound.oneid,
        index: unbound.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "{} was oneid:{}'s; nobody has it from index {}",
        answer.identifier, answer.oneid, answer.index
    ));
    Ok(())
}
