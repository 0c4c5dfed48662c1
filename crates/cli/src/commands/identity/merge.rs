//! `tagma identity merge`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::MergeRequest;

use super::pair::Pair;
use crate::{commands::request_id, connection::Connection, console::Console, failure::Failure};

/// Make two people one: the one created first stays, the other one becomes another name of it
///
///     tagma identity merge phone:13800138000 crm_id:A17
///
/// Limits are not asked. Where the two were separated, lift the separation first. Returns once all
/// rows of either are the survivor's.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct MergeArgs {
    #[command(flatten)]
    pair: Pair,
}

#[derive(Debug, Serialize)]
struct Answer {
    survivor: i64,
    loser: i64,
    index: u64,
    landed_index: u64,
}

pub(crate) async fn run(
    args: &MergeArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = MergeRequest {
        person: args.pair.person.clone(),
        other_person: args.pair.other.clone(),
        request_id: request_id(),
    };
    let merged = connection.merge_people(request).await?;
    connection.wait_served(merged.landed_log_index).await?;
    let answer = Answer {
        survivor: merged.survivor_oneid,
        loser: merged.loser_oneid,
        index: merged.log_index,
        landed_index: merged.landed_log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.note(&format!(
        "oneid:{} is oneid:{} now; merged at index {}, all rows moved by index {}",
        answer.loser, answer.survivor, answer.index, answer.landed_index
    ));
    Ok(())
}
