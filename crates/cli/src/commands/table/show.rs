//! `tagma table show`.

use tagma_core::ErrorKind;
use tagma_proto::pb::catalog::v1::ListTablesRequest;

use super::answer::TableAnswer;
use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, thousands},
};

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
        let roles = [
            (answer.key.contains(&column.name), "key"),
            (is(&answer.version), "version"),
            (is(&answer.time), "time, also ts"),
            (is(&answer.event), "also event"),
        ];
        let roles = roles.into_iter().filter(|(is_so, _)| *is_so);
        let meaning: Vec<&str> = roles.map(|(_, role)| role).collect();
        grid.row([
            column.name.clone(),
            column.r#type.clone(),
            meaning.join(", "),
        ]);
    }
    console.grid(&grid)?;
    let zone = answer.timezone.as_deref().unwrap_or("the cluster's");
    let rows = thousands(answer.rows);
    console.note(&format!(
        "{} table, {rows} rows came, time zone {zone}",
        answer.kind
    ));
    Ok(())
}
