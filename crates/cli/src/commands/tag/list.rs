//! `tagma tag list`.

use serde::Serialize;
use tagma_core::time::print_timestamp;
use tagma_proto::pb::tag::v1::{ListRequest, Tag};

use super::versions::percent;
use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, TagAnswer},
};

/// List tags with their newest version
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    tags: Vec<TagAnswer>,
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let listed = connection.list_tags(ListRequest {}).await?;
    let answer = Answer {
        tags: listed.tags.iter().map(TagAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&grid(&listed.tags))
}

fn grid(tags: &[Tag]) -> Grid {
    let mut grid = Grid::new(&[
        "tag", "kind", "category", "owner", "version", "as of", "people", "coverage",
    ]);
    for tag in tags {
        let newest = tag.newest.as_ref();
        let of_newest = |text: fn(&tagma_proto::pb::tag::v1::Version) -> String| {
            newest.map(text).unwrap_or_default()
        };
        grid.row([
            tag.name.clone(),
            tag.kind.clone(),
            tag.category.clone(),
            tag.owner.clone(),
            newest.map_or("never run".to_owned(), |version| {
                version.version.to_string()
            }),
            of_newest(|version| print_timestamp(version.as_of_unix_us)),
            of_newest(|version| version.rows.to_string()),
            of_newest(|version| percent(version.rows, version.population)),
        ]);
    }
    grid
}
