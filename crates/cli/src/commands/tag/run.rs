//! `tagma tag run`.

use serde::Serialize;
use tagma_core::ErrorKind;
use tagma_proto::{RemoteError, pb::tag::v1::RunRequest};

use super::versions;
use crate::{
    args::{InstantArg, micros},
    connection::Connection,
    console::Console,
    failure::Failure,
    output::VersionAnswer,
};

/// Compute tags now and publish them together
///
/// Returns once the new versions can be read.
///
///     tagma tag run                        every tag
///     tagma tag run recency frequency      these two, in one publication
///     tagma tag run recency --as-of 1998-07-01T00:00:00Z
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct RunArgs {
    /// Tags; none: all
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// What now() and @as_of mean [default: the moment of asking]
    #[arg(long, value_name = "T")]
    as_of: Option<InstantArg>,
}

#[derive(Debug, Serialize)]
struct Answer {
    index: u64,
    versions: Vec<VersionAnswer>,
}

pub(crate) async fn run(
    args: &RunArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let as_of_unix_us = match args.as_of {
        None => None,
        Some(instant) => Some(micros(instant, None, connection).await?),
    };
    let request = RunRequest {
        names: args.names.clone(),
        as_of_unix_us,
    };
    let run = connection.run_tags(request).await.map_err(may_go_on)?;
    if run.log_index > 0 {
        connection.wait_served(run.log_index).await?;
    }
    let answer = Answer {
        index: run.log_index,
        versions: run.versions.iter().map(VersionAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&versions::grid(&run.versions))?;
    console.note(&format!("published at index {}", run.log_index));
    Ok(())
}

/// A run is not repeated by itself, so that the user has to know what to look at.
fn may_go_on(error: RemoteError) -> Failure {
    if !matches!(error.kind, ErrorKind::Timeout | ErrorKind::Unavailable) {
        return error.into();
    }
    let message = format!(
        "{}; the run may still go on: see `tagma tag list` before running again",
        error.message
    );
    RemoteError { message, ..error }.into()
}
