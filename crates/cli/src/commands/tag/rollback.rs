//! `tagma tag rollback`.

use serde::Serialize;
use tagma_proto::pb::tag::v1::RollbackRequest;

use super::versions;
use crate::{
    commands::request_id, connection::Connection, console::Console, failure::Failure,
    output::VersionAnswer,
};

/// Bring the values of an older version back, as a new version
///
///     tagma tag rollback recency               the version before the newest
///     tagma tag rollback recency --version 3
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RollbackArgs {
    /// The tag
    name: String,
    /// The version to bring back [default: the one before the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    version: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Answer {
    index: u64,
    version: Option<VersionAnswer>,
}

pub(crate) async fn run(
    args: &RollbackArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = RollbackRequest {
        name: args.name.clone(),
        version: args.version.unwrap_or_default(),
        request_id: request_id(),
    };
    let rolled_back = connection.rollback_tag(request).await?;
    connection.wait_served(rolled_back.log_index).await?;
    let answer = Answer {
        index: rolled_back.log_index,
        version: rolled_back.version.as_ref().map(VersionAnswer::from),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&versions::grid(rolled_back.version.as_slice()))?;
    console.note(&format!("published at index {}", rolled_back.log_index));
    Ok(())
}
