//! `tagma segment show`.

use tagma_core::ErrorKind;
use tagma_proto::pb::catalog::v1::ListSegmentsRequest;

use super::list::SegmentAnswer;
use crate::{connection::Connection, console::Console, failure::Failure};

/// Show the expression of a saved segment
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The segment
    name: String,
}

pub(crate) async fn run(
    args: &ShowArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let listed = connection.list_segments(ListSegmentsRequest {}).await?;
    let name = args.name.to_lowercase();
    let Some(segment) = listed.segments.iter().find(|segment| segment.name == name) else {
        let message = format!("there is no segment `{name}`; see `tagma segment list`");
        return Err(Failure::local(ErrorKind::NotFound, message));
    };
    let answer = SegmentAnswer::from(segment);
    if console.json(&answer)? {
        return Ok(());
    }
    console.line(&answer.expr)?;
    for (language, display) in &answer.display {
        console.note(&format!("{language}: {display}"));
    }
    let about = [("owner", answer.owner), ("description", answer.description)];
    for (what, text) in about {
        if let Some(text) = text {
            console.note(&format!("{what}: {text}"));
        }
    }
    Ok(())
}
