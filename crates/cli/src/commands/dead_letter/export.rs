//! `tagma dead-letter export`.

use std::{io::Write, path::PathBuf};

use serde::Serialize;

use super::{Chosen, pages::Pages};
use crate::{connection::Connection, console::Console, failure::Failure, output::NewFile};

/// Write rows that went to no table to a file: mend them there, then load it
///
/// One JSON object a row, as `tagma load` reads them; a row that has no columns, since it could not
/// be read at all, is left out and counted.
///
///     tagma dead-letter export --table orders --out orders.ndjson
///     tagma load orders.ndjson --table orders
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    chosen: Chosen,
    /// The file, NDJSON
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Default, Serialize)]
struct Answer {
    rows: u64,
    left_out: u64,
    index: u64,
}

pub(crate) async fn run(
    args: &ExportArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut pages = Pages::new(connection, &args.chosen);
    let mut file = NewFile::create(&args.out)?;
    let mut answer = Answer::default();
    while let Some(page) = pages.next(u32::MAX).await? {
        for letter in page {
            if !is_object(&letter.original) {
                answer.left_out += 1;
                continue;
            }
            let written = writeln!(file, "{}", letter.original);
            written.map_err(|error| Failure::file("cannot write", &args.out, &error))?;
            answer.rows += 1;
        }
    }
    file.publish()?;
    answer.index = pages.index();
    if console.json(&answer)? {
        return Ok(());
    }
    let Answer {
        rows,
        left_out,
        index,
    } = answer;
    let out = args.out.display();
    console.note(&format!(
        "{rows} rows in {out}, {left_out} left out that could not be read at all, at index {index}"
    ));
    Ok(())
}

fn is_object(original: &str) -> bool {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(original);
    parsed.is_ok_and(|value| value.is_object())
}
