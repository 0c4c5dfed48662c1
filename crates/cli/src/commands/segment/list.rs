//! `tagma segment list`.

use std::collections::BTreeMap;

use serde::Serialize;
use tagma_proto::pb::catalog::v1::{ListSegmentsRequest, Segment};

use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, text},
};

/// List saved segments
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    segments: Vec<SegmentAnswer>,
}

/// A saved segment.
#[derive(Debug, Serialize)]
pub(super) struct SegmentAnswer {
    pub(super) name: String,
    pub(super) expr: String,
    pub(super) display: BTreeMap<String, String>,
    pub(super) owner: Option<String>,
    pub(super) description: Option<String>,
}

impl From<&Segment> for SegmentAnswer {
    fn from(segment: &Segment) -> Self {
        let display = segment.display.iter().map(|(k, v)| (k.clone(), v.clone()));
        Self {
            name: segment.name.clone(),
            expr: segment.expr.clone(),
            display: display.collect(),
            owner: text(&segment.owner),
            description: text(&segment.description),
        }
    }
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let listed = connection.list_segments(ListSegmentsRequest {}).await?;
    let answer = Answer {
        segments: listed.segments.iter().map(SegmentAnswer::from).collect(),
    };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["segment", "expression", "owner", "description"]);
    for segment in answer.segments {
        let (owner, description) = (segment.owner, segment.description);
        let (owner, description) = (owner.unwrap_or_default(), description.unwrap_or_default());
        grid.row([segment.name, segment.expr, owner, description]);
    }
    console.grid(&grid)
}
