//! `tagma demo score`: an assignment of records or identifiers to OneIDs against the truth.

use std::path::PathBuf;

use crate::{
    console::Console,
    demo::score::{Pairs, Score, score},
    failure::Failure,
    output::{Grid, thousands},
};

/// Score OneIDs against the truth of a generated world
///
///     tagma members TRUE --out people.csv --identifiers crm_id,phone,openid,unionid
///     tagma demo score --truth clinic/truth --assignment people.csv
///
/// Precision and recall over pairs: of all pairs that got the same OneID, how many are of the same
/// person; and the other way round. The assignment is CSV with a heading: `oneid` and a column for
/// each identifier type, several values joined by `;`; or `type,value,oneid`; or
/// `source,key,oneid` for records.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ScoreArgs {
    /// The directory `truth` of a generated world
    #[arg(long, value_name = "DIR")]
    truth: PathBuf,
    /// Which OneID was given to what
    #[arg(long, value_name = "FILE")]
    assignment: PathBuf,
}

pub(crate) fn run(args: &ScoreArgs, console: &mut Console) -> Result<(), Failure> {
    let score = score(&args.truth, &args.assignment)?;
    if console.json(&score)? {
        return Ok(());
    }
    tell(console, &score)
}

fn tell(console: &mut Console, score: &Score) -> Result<(), Failure> {
    let mut grid = Grid::new(&["people", "precision", "recall", "pairs", "found", "right"]);
    let share = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{share:.6}"));
    let mut row = |people: &str, pairs: &Pairs| {
        grid.row([
            people.to_owned(),
            share(pairs.precision),
            share(pairs.recall),
            thousands(pairs.actual),
            thousands(pairs.predicted),
            thousands(pairs.both),
        ]);
    };
    row("all", &score.all);
    row("decidable", &score.decidable);
    console.grid(&grid)?;
    console.note(&format!(
        "{} things of one person each, {} of them without a OneID; {} others passed over",
        thousands(score.elements),
        thousands(score.missing),
        thousands(score.passed_over),
    ));
    Ok(())
}
