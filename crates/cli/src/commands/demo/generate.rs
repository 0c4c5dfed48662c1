//! `tagma demo generate`: the demo's world as files.

use std::path::PathBuf;

use tagma_core::time::parse_date;

use crate::{
    console::Console,
    demo::{
        generate::{Summary, generate},
        plan::Settings,
        tables::FileFormat,
    },
    failure::Failure,
    output::{Grid, thousands},
};

/// Write the demo's world: a chain of clinics, five sources, noise, and the truth
///
///     tagma demo generate --out clinic
///     tagma demo generate --out clinic --people 2000000 --format parquet
///
/// The same people, seed, day and format make the same bytes on every machine. `truth/` says whose
/// each record is; nothing in it is to be loaded.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct GenerateArgs {
    /// Where to: a directory that is empty or does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many people there are
    #[arg(
        long,
        value_name = "N",
        default_value_t = 200_000,
        value_parser = clap::value_parser!(u32).range(1..=20_000_000)
    )]
    people: u32,
    /// Another seed makes another world
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The first day that is not in the data
    #[arg(long, value_name = "DATE", default_value = "2026-07-01", value_parser = day)]
    today: i32,
    /// How the sources' files are written
    #[arg(long, value_enum, default_value = "csv")]
    format: FileFormat,
    /// Replace the world that is in the directory
    #[arg(long)]
    force: bool,
}

/// 2024-01-01: three years before it, every shop was open.
const FIRST_DAY: i32 = 19_723;
/// 2100-12-31.
const LAST_DAY: i32 = 47_846;

fn day(text: &str) -> Result<i32, String> {
    let day = parse_date(text).map_err(|error| error.to_string())?;
    if (FIRST_DAY..=LAST_DAY).contains(&day) {
        return Ok(day);
    }
    Err("it is not from 2024-01-01 to 2100-12-31".to_owned())
}

pub(crate) async fn run(args: &GenerateArgs, console: &mut Console) -> Result<(), Failure> {
    let settings = Settings {
        people: args.people,
        seed: args.seed,
        today: args.today,
    };
    let shows_progress = console.shows_progress();
    let summary = generate(settings, args.format, &args.out, args.force, shows_progress).await?;
    if console.json(&summary)? {
        return Ok(());
    }
    tell(console, &summary)
}

fn tell(console: &mut Console, summary: &Summary) -> Result<(), Failure> {
    let mut grid = Grid::new(&["table", "rows"]);
    for (table, rows) in &summary.world.rows {
        grid.row([(*table).to_owned(), thousands(*rows)]);
    }
    console.grid(&grid)?;
    let world = &summary.world;
    let noise = &world.noise;
    for (what, share) in [
        ("people in one source only", noise.single_source_people),
        ("phones that are shared", noise.shared_phones),
        (
            "typed identifiers that are mistyped",
            noise.mistyped_identifiers,
        ),
        ("devices handed on", noise.handed_on_devices),
        ("phones that are masked", noise.masked_phones),
        ("appointments corrected later", noise.corrected_appointments),
    ] {
        let (count, of) = (thousands(share.count), thousands(share.of));
        console.note(&format!("{what}: {count} of {of}"));
    }
    let (decidable, people) = (
        thousands(world.people.decidable),
        thousands(world.people.all),
    );
    console.note(&format!("decidable people: {decidable} of {people}"));
    console.note(&format!(
        "{} rows in {} files, {:.1} s ({} rows/s)",
        thousands(summary.rows),
        thousands(summary.files),
        summary.seconds,
        thousands((summary.rows as f64 / summary.seconds.max(1e-3)) as u64)
    ));
    Ok(())
}
