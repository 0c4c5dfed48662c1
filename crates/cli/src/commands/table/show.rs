//! `tagma table show`.

use tagma_core::ErrorKind;
use tagma_proto::pb::catalog::v1::ListTablesRequest;

use super::answer::TableAnswer;
use crate::{connection::Connection, console::Console, failure::Failure, output::Grid};

/// Show a table's columns
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The table
    name: String,
}

pub(crate) async fn run(
    args: &ShowArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let listed = connection.list_tables(ListTablesRequest {}).await?;
    let name = args.name.to_lowercase();
    let Some(table) = listed.tables.iter().find(|table| table.name == name) else {
        let message = format!("there is no table `{name}`; see `tagma table list`");
        return Err(Failure::local(ErrorKind::NotFound, message));
    };
    let answer = TableAnswer::from(table);
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["column", "type", "meaning"]);
    for identifier in &answer.identifiers {
        let meaning = format!("identifier {}", identifier.r#type);
        grid.row([identifier.column.clone(), "text".to_owned(), meaning]);
    }
    for column in &answer.columns {
        let is = |named: &Option<String>| named.as_ref() == Some(&column.name);
        let meaning = match (is(&answer.time), is(&answer.event)) {
            (true, _) => "time, also ts",
            (_, true) => "also event",
            _ => "",
        };
        grid.row([
            column.name.clone(),
            column.r#type.clone(),
            meaning.to_owned(),
        ]);
    }
    console.grid(&grid)?;
    let zone = answer.timezone.as_deref().unwrap_or("the cluster's");
    console.note(&format!("{} table, time zone {zone}", answer.kind));
    Ok(())
}
