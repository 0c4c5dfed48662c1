//! `tagma identity release`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::ReleaseRequest;

use crate::{
    args::parse_person, commands::request_id, connection::Connection, console::Console,
    failure::Failure,
};

/// Let an identifier out of quarantine: records that name it count again
///
///     tagma identity release device:till-7
///
/// The next merge that it would decide sends it back, unless its type's `quarantine` is raised.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ReleaseArgs {
    /// The identifier
    #[arg(value_name = "TYPE:VALUE", value_parser = parse_person)]
    identifier: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    identifier: String,
    index: u64,
}

pub(crate) async fn run(
    args: &ReleaseArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ReleaseRequest {
        identifier: args.identifier.clone(),
        request_id: request_id(),
    };
    let released = connection.release_identifier(request).await?;
    connection.wait_served(released.log_index).await?;
    let answer = Answer {
        identifier: args.identifier.clone(),
        index: released.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "{} counts again from index {}",
        answer.identifier, answer.index
    ));
    Ok(())
}
