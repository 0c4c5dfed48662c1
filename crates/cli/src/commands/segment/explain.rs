//! `tagma explain`.

use serde::Serialize;
use tagma_core::time::print_timestamp;
use tagma_proto::pb::segment::v1::{ExplainRequest, ExplainResponse, LeafTruth, TagValue};

use crate::{
    args::{ReadAtArgs, parse_person},
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, Instant},
};

/// Show how an expression is understood, and why one person is in it or not
///
///     tagma explain "frequency >= 5 AND NOT lapsed"
///     tagma explain "frequency >= 5 AND NOT lapsed" --person customer_id:00003
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExplainArgs {
    /// The expression
    #[arg(value_name = "EXPR")]
    expr: String,
    /// TYPE:VALUE or oneid:N: show every condition with this person's values
    #[arg(long, value_name = "P", value_parser = parse_person)]
    person: Option<String>,
    #[command(flatten)]
    at: ReadAtArgs,
}

#[derive(Debug, Serialize)]
struct Answer {
    normalized: String,
    contains: Option<bool>,
    oneid: Option<i64>,
    leaves: Vec<LeafAnswer>,
    tags: Vec<TagReadAnswer>,
    index: u64,
    as_of: Instant,
}

#[derive(Debug, Serialize)]
struct LeafAnswer {
    expr: String,
    holds: bool,
    values: Vec<ValueAnswer>,
}

#[derive(Debug, Serialize)]
struct ValueAnswer {
    tag: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct TagReadAnswer {
    tag: String,
    version: u64,
}

pub(crate) async fn run(
    args: &ExplainArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ExplainRequest {
        expression: Some(args.expr.clone().into()),
        person: args.person.clone().unwrap_or_default(),
        at: Some(args.at.resolve(connection).await?),
    };
    let explained = connection.explain(request).await?;
    if console.json(&answer(&explained))? {
        return Ok(());
    }
    console.line(&explained.normalized)?;
    if explained.oneid != 0 {
        console.line("")?;
        console.grid(&leaves(&explained.leaves))?;
        let verdict = if explained.contains {
            "is in"
        } else {
            "is not in"
        };
        console.line(&format!("\noneid {} {verdict}", explained.oneid))?;
    }
    let tags = explained.tags.iter().map(|read| match read.version {
        0 => format!("{} (never run)", read.tag),
        version => format!("{} version {version}", read.tag),
    });
    let tags: Vec<String> = tags.collect();
    let as_of = print_timestamp(explained.as_of_unix_us);
    console.note(&format!(
        "at index {} as of {as_of}; reads {}",
        explained.log_index,
        if tags.is_empty() {
            "no tags".to_owned()
        } else {
            tags.join(", ")
        }
    ));
    Ok(())
}

fn leaves(leaves: &[LeafTruth]) -> Grid {
    let mut grid = Grid::new(&["holds", "condition", "values"]);
    for leaf in leaves {
        let value = |value: &TagValue| format!("{} = {}", value.tag, value.value);
        let values: Vec<String> = leaf.values.iter().map(value).collect();
        let holds = if leaf.holds { "yes" } else { "no" };
        grid.row([holds.to_owned(), leaf.expr.clone(), values.join(", ")]);
    }
    grid
}

fn answer(explained: &ExplainResponse) -> Answer {
    let value = |value: &TagValue| ValueAnswer {
        tag: value.tag.clone(),
        value: value.value.clone(),
    };
    let leaves = explained.leaves.iter().map(|leaf| LeafAnswer {
        expr: leaf.expr.clone(),
        holds: leaf.holds,
        values: leaf.values.iter().map(value).collect(),
    });
    let tags = explained.tags.iter().map(|read| TagReadAnswer {
        tag: read.tag.clone(),
        version: read.version,
    });
    let has_person = explained.oneid != 0;
    Answer {
        normalized: explained.normalized.clone(),
        contains: has_person.then_some(explained.contains),
        oneid: has_person.then_some(explained.oneid),
        leaves: leaves.collect(),
        tags: tags.collect(),
        index: explained.log_index,
        as_of: Instant::new(explained.as_of_unix_us),
    }
}
