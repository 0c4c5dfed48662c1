//! `tagma table list`.

use serde::Serialize;
use tagma_proto::pb::catalog::v1::ListTablesRequest;

use super::answer::TableAnswer;
use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, thousands},
};

/// List tables
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    tables: Vec<TableAnswer>,
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let listed = connection.list_tables(ListTablesRequest {}).await?;
    let tables = listed.tables.iter().map(TableAnswer::from).collect();
    let answer = Answer { tables };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&[
        "table",
        "kind",
        "key",
        "version",
        "time",
        "identifiers",
        "columns",
        "rows",
    ]);
    for table in answer.tables {
        let identifiers: Vec<String> = table.identifiers.into_iter().map(|i| i.r#type).collect();
        grid.row([
            table.name,
            table.kind,
            table.key.join(", "),
            table.version.unwrap_or_default(),
            table.time.unwrap_or_default(),
            identifiers.join(", "),
            table.columns.len().to_string(),
            thousands(table.rows),
        ]);
    }
    console.grid(&grid)
}
