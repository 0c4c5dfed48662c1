//! `tagma load list`.

use serde::Serialize;
use tagma_proto::pb::ingest::v1::{ListLoadsRequest, Load};

use crate::{connection::Connection, console::Console, failure::Failure, output::Grid};

/// List loaded files, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    loads: Vec<LoadAnswer>,
}

#[derive(Debug, Serialize)]
struct LoadAnswer {
    id: u64,
    file: String,
    file_bytes: u64,
    table: String,
    finished: bool,
    rows: u64,
    rejected: u64,
    created: u64,
    first_index: u64,
    last_index: u64,
}

impl From<Load> for LoadAnswer {
    fn from(load: Load) -> Self {
        Self {
            id: load.producer,
            file: load.file,
            file_bytes: load.file_bytes,
            table: load.table,
            finished: load.finished,
            rows: load.rows,
            rejected: load.rejected,
            created: load.created,
            first_index: load.first_log_index,
            last_index: load.last_log_index,
        }
    }
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let listed = connection.list_loads(ListLoadsRequest {}).await?;
    let answer = Answer {
        loads: listed.loads.into_iter().map(LoadAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&[
        "id", "file", "table", "state", "rows", "rejected", "people", "indexes",
    ]);
    for load in answer.loads {
        let state = if load.finished {
            "complete"
        } else {
            "not complete"
        };
        grid.row([
            load.id.to_string(),
            load.file,
            load.table,
            state.to_owned(),
            load.rows.to_string(),
            load.rejected.to_string(),
            load.created.to_string(),
            format!("{} to {}", load.first_index, load.last_index),
        ]);
    }
    console.grid(&grid)
}
