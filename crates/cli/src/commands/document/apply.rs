//! `tagma apply`.

use std::path::PathBuf;

use serde::Serialize;
use tagma_proto::pb::catalog::v1::ApplyRequest;

use super::source_files;
use crate::{
    commands::request_id, connection::Connection, console::Console, failure::Failure, output::Grid,
};

/// Create or change identifier types, tables, tags and segments from YAML
///
/// All documents of all files are taken, or none. Directories are read recursively, *.yaml and
/// *.yml in the order of names.
///
///     tagma apply -f definitions/
///     tagma apply -f tags.yaml segments.yaml
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ApplyArgs {
    /// Files and directories
    #[arg(short, long = "file", value_name = "DIR|FILE", required = true, num_args = 1..)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Answer {
    index: u64,
    changes: Vec<ChangeAnswer>,
}

#[derive(Debug, Serialize)]
struct ChangeAnswer {
    document: String,
    name: String,
    change: String,
}

pub(crate) async fn run(
    args: &ApplyArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ApplyRequest {
        files: source_files::read(&args.files)?,
        request_id: request_id(),
        keep_identifier_types: false,
        segments: Vec::new(),
    };
    let applied = connection.apply(request).await?;
    connection.wait_served(applied.log_index).await?;
    let changes = applied.changes.into_iter().map(|change| ChangeAnswer {
        document: change.document,
        name: change.name,
        change: change.change,
    });
    let answer = Answer {
        index: applied.log_index,
        changes: changes.collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["document", "name", "change"]);
    for change in answer.changes {
        grid.row([change.document, change.name, change.change]);
    }
    console.grid(&grid)?;
    console.note(&format!("applied at index {}", answer.index));
    Ok(())
}
