//! `tagma identity types`.

use serde::Serialize;
use tagma_proto::pb::catalog::v1::ListIdentifierTypesRequest;

use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, text},
};

/// List identifier types
#[derive(Debug, clap::Args)]
pub(crate) struct TypesArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    types: Vec<TypeAnswer>,
}

#[derive(Debug, Serialize)]
struct TypeAnswer {
    name: String,
    normalize: String,
    region: Option<String>,
    priority: u32,
    blocked: Vec<String>,
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let listed = connection.list_identifier_types(ListIdentifierTypesRequest {});
    let types = listed.await?.types.into_iter().map(|declared| TypeAnswer {
        region: text(&declared.region),
        name: declared.name,
        normalize: declared.normalize,
        priority: declared.priority,
        blocked: declared.blocked,
    });
    let answer = Answer {
        types: types.collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["type", "priority", "normalize", "region", "blocked"]);
    for declared in answer.types {
        grid.row([
            declared.name,
            declared.priority.to_string(),
            declared.normalize,
            declared.region.unwrap_or_default(),
            declared.blocked.len().to_string(),
        ]);
    }
    console.grid(&grid)
}
