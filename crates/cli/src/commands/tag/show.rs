//! `tagma tag show`.

use serde::Serialize;
use tagma_proto::pb::tag::v1::{ShowRequest, Tag};

use super::versions;
use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, TagAnswer, VersionAnswer},
};

/// Show a tag: definition, SQL, newest version
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The tag
    name: String,
}

#[derive(Debug, Serialize)]
struct Answer {
    tag: TagAnswer,
    versions: Vec<VersionAnswer>,
}

pub(crate) async fn run(
    args: &ShowArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ShowRequest {
        name: args.name.clone(),
    };
    let shown = connection.show_tag(request).await?;
    let tag = shown
        .tag
        .ok_or_else(|| Failure::internal("Show", "the answer holds no tag"))?;
    let answer = Answer {
        tag: TagAnswer::from(&tag),
        versions: shown.versions.iter().map(VersionAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&definition(&tag))?;
    console.line(&format!("\n{}\n", tag.sql.trim_end()))?;
    let Some(newest) = shown.versions.first() else {
        console.note(&format!("never run: `tagma tag run {}`", tag.name));
        return Ok(());
    };
    console.grid(&versions::grid(std::slice::from_ref(newest)))?;
    if newest.top.is_empty() {
        return Ok(());
    }
    let mut top = Grid::new(&["value", "people", "share"]);
    for value in &newest.top {
        let share = versions::percent(value.count, newest.rows);
        top.row([value.value.clone(), value.count.to_string(), share]);
    }
    console.grid(&top)
}

fn definition(tag: &Tag) -> Grid {
    let mut grid = Grid::new(&["tag", "kind", "level", "category", "owner", "description"]);
    grid.row([
        tag.name.clone(),
        tag.kind.clone(),
        tag.level.clone(),
        tag.category.clone(),
        tag.owner.clone(),
        tag.description.clone(),
    ]);
    grid
}
