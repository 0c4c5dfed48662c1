//! `tagma identity unmerge`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::UnmergeRequest;

use crate::{
    args::parse_person, commands::request_id, connection::Connection, console::Console,
    failure::Failure,
};

/// Undo the merge of a person: it gets its identifiers and rows back, and is kept apart
///
///     tagma identity unmerge oneid:4294967297
///     tagma identity unmerge crm_id:A17           the person whom the identifier came to first
///
/// `tagma identity explain` shows who was merged. Records that name both no longer merge the two,
/// until `tagma identity lift`. Returns once all rows are back.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct UnmergeArgs {
    /// Who was merged away: oneid:N or TYPE:VALUE
    #[arg(value_name = "P", value_parser = parse_person)]
    person: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    oneid: i64,
    holder: i64,
    index: u64,
    landed_index: u64,
}

pub(crate) async fn run(
    args: &UnmergeArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = UnmergeRequest {
        person: args.person.clone(),
        request_id: request_id(),
    };
    let parted = connection.unmerge_person(request).await?;
    connection.wait_served(parted.landed_log_index).await?;
    let answer = Answer {
        oneid: parted.oneid,
        holder: parted.holder_oneid,
        index: parted.log_index,
        landed_index: parted.landed_log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "oneid:{} is no longer oneid:{}; parted at index {}, all rows back by index {}",
        answer.oneid, answer.holder, answer.index, answer.landed_index
    ));
    Ok(())
}
