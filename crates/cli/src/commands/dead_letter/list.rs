//! `tagma dead-letter list`.

use serde::Serialize;
use tagma_proto::pb::ingest::v1::StoredDeadLetter;

use super::{Chosen, pages::Pages};
use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, Instant},
};

/// Characters of a row that a table shows.
const SHOWN: usize = 60;

/// List rows that went to no table, oldest first, each with its reason
///
///     tagma dead-letter list --table orders
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    chosen: Chosen,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Serialize)]
struct Answer {
    letters: Vec<LetterAnswer>,
    index: u64,
}

#[derive(Debug, Serialize)]
struct LetterAnswer {
    table: String,
    source: String,
    source_row: u64,
    reason: String,
    original: String,
    index: u64,
    at: Option<Instant>,
}

impl From<StoredDeadLetter> for LetterAnswer {
    fn from(letter: StoredDeadLetter) -> Self {
        Self {
            table: letter.table,
            source: letter.source,
            source_row: letter.source_row,
            reason: letter.reason,
            original: letter.original,
            index: letter.log_index,
            at: letter.at_unix_us.map(Instant::new),
        }
    }
}

pub(crate) async fn run(
    args: &ListArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut pages = Pages::new(connection, &args.chosen);
    let mut letters: Vec<LetterAnswer> = Vec::new();
    while let Some(left) = args
        .limit
        .checked_sub(letters.len() as u32)
        .filter(|n| *n > 0)
    {
        let Some(page) = pages.next(left).await? else {
            break;
        };
        letters.extend(page.into_iter().map(LetterAnswer::from));
    }
    let index = pages.index();
    let answer = Answer { letters, index };
    if console.json(&answer)? {
        return Ok(());
    }
    let mut grid = Grid::new(&["table", "source", "row", "reason", "as it came"]);
    for letter in answer.letters {
        grid.row([
            letter.table,
            letter.source,
            letter.source_row.to_string(),
            letter.reason,
            letter.original.chars().take(SHOWN).collect(),
        ]);
    }
    console.grid(&grid)
}
