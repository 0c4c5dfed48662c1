//! `tagma tag history`.

use serde::Serialize;
use tagma_proto::pb::tag::v1::ShowRequest;

use super::versions;
use crate::{connection::Connection, console::Console, failure::Failure, output::VersionAnswer};

/// Show all kept versions of a tag, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryArgs {
    /// The tag
    name: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    tag: String,
    versions: Vec<VersionAnswer>,
}

pub(crate) async fn run(
    args: &HistoryArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ShowRequest {
        name: args.name.clone(),
    };
    let shown = connection.show_tag(request).await?;
    let answer = Answer {
        tag: shown.tag.map_or_else(|| args.name.clone(), |tag| tag.name),
        versions: shown.versions.iter().map(VersionAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&versions::grid(&shown.versions))
}
