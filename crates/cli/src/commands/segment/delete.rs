//! `tagma segment delete`.

use serde::Serialize;
use tagma_proto::pb::catalog::v1::DeleteSegmentRequest;

use crate::{commands::request_id, connection::Connection, console::Console, failure::Failure};

/// Delete a saved segment that no other one uses
#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArgs {
    /// The segment
    name: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    segment: String,
    index: u64,
}

pub(crate) async fn run(
    args: &DeleteArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = DeleteSegmentRequest {
        name: args.name.clone(),
        request_id: request_id(),
    };
    let deleted = connection.delete_segment(request).await?;
    connection.wait_served(deleted.log_index).await?;
    let answer = Answer {
        segment: args.name.clone(),
        index: deleted.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "deleted segment {} at index {}",
        answer.segment, answer.index
    ));
    Ok(())
}
