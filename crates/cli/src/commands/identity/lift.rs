//! `tagma identity lift`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::LiftRequest;

use super::pair::Pair;
use crate::{commands::request_id, connection::Connection, console::Console, failure::Failure};

/// Lift a separation: the next record that names both people merges them
///
///     tagma identity lift phone:13800138000 crm_id:A17
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct LiftArgs {
    #[command(flatten)]
    pair: Pair,
}

#[derive(Debug, Serialize)]
struct Answer {
    oneids: [i64; 2],
    index: u64,
}

pub(crate) async fn run(
    args: &LiftArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = LiftRequest {
        person: args.pair.person.clone(),
        other_person: args.pair.other.clone(),
        request_id: request_id(),
    };
    let lifted = connection.lift_separation(request).await?;
    connection.wait_served(lifted.log_index).await?;
    let answer = Answer {
        oneids: [lifted.oneid, lifted.other_oneid],
        index: lifted.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let [first, second] = answer.oneids;
    console.note(&format!(
        "oneid:{first} and oneid:{second} may be merged again, from index {}",
        answer.index
    ));
    Ok(())
}
