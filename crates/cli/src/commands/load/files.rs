//! `tagma load FILES…`.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use tagma_core::schema::{Name, TableKind};

use super::LoadVerb;
use crate::{
    args::parse_zone,
    connection::Connection,
    console::Console,
    failure::Failure,
    load::{Delimiter, IdColumn, LoadOptions, LoadReport, load_files},
    output::thousands,
};

/// Load CSV and Parquet files into a table
///
///     tagma load orders/*.csv --table orders --kind events --create \
///         --id phone=mobile --id crm_id --time paid_at --timezone Asia/Shanghai
///     tagma load CDNOW_master.txt --table purchases --kind events --create \
///         --id customer_id --time date --delimiter whitespace
///     tagma load members.parquet --table members
///
/// Text files need a heading. A file is known by its content: loading it again changes nothing,
/// and a load that broke goes on where it stopped. Wrong rows do not stop a load; they are counted
/// and kept with their reasons. `tagma load list` shows what was loaded.
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(crate) struct LoadArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<LoadVerb>,
    /// Files, loaded in this order
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The table
    #[arg(long, value_name = "TABLE", required = true, value_parser = Name::new)]
    table: Option<Name>,
    /// Make the table from the files' columns where it does not exist
    #[arg(long)]
    create: bool,
    /// events (default): every row counts; attributes: the latest value per person and column
    #[arg(long)]
    kind: Option<Kind>,
    /// Identifier type, and its column where that is named otherwise; strongest first
    #[arg(long = "id", value_name = "TYPE[=COLUMN]")]
    ids: Vec<IdColumn>,
    /// Keep identifier columns in the table, too
    #[arg(long)]
    keep_ids: bool,
    /// The column that says when: readable as `ts`
    #[arg(long, value_name = "COLUMN", value_parser = Name::new)]
    time: Option<Name>,
    /// The column that says what happened: readable as `event`
    #[arg(long, value_name = "COLUMN", value_parser = Name::new)]
    event: Option<Name>,
    /// Zone of timestamps without offset, for --create [default: the cluster's]
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    timezone: Option<String>,
    /// Text that means "no value"
    #[arg(long, value_name = "TOKEN", default_value = "")]
    null: String,
    /// Between fields: one character, `tab`, or `whitespace` for runs of blanks
    #[arg(long, value_name = "D", default_value_t)]
    delimiter: Delimiter,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Events,
    Attributes,
}

#[derive(Debug, Serialize)]
struct Answer {
    loads: Vec<LoadReport>,
}

pub(crate) async fn run(
    args: &LoadArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let options = args.options()?;
    let shows_progress = console.shows_progress();
    let mut tell = |report: &LoadReport| {
        tell(console, report);
        Ok(())
    };
    let loads = load_files(connection, &args.files, &options, shows_progress, &mut tell).await?;
    console.json(&Answer { loads }).map(|_| ())
}

impl LoadArgs {
    fn options(&self) -> Result<LoadOptions, Failure> {
        let Some(table) = self.table.clone() else {
            return Err(Failure::Usage("--table is missing".to_owned()));
        };
        Ok(LoadOptions {
            table,
            kind: self.kind.map(|kind| match kind {
                Kind::Events => TableKind::Events,
                Kind::Attributes => TableKind::Attributes,
            }),
            ids: self.ids.clone(),
            keep_ids: self.keep_ids,
            time: self.time.clone(),
            event: self.event.clone(),
            timezone: self.timezone.clone(),
            null: self.null.clone(),
            delimiter: self.delimiter,
            create: self.create,
        })
    }
}

fn tell(console: &mut Console, report: &LoadReport) {
    let counts = format!(
        "{} rows, {} rejected, {} people created",
        thousands(report.rows),
        thousands(report.rejected),
        thousands(report.created),
    );
    let (file, index) = (&report.file, report.index);
    if report.already_loaded {
        console.note(&format!(
            "{file}: already loaded at index {index}: nothing changed ({counts})"
        ));
        return;
    }
    let rate = (report.rows + report.rejected) as f64 / report.seconds.max(1e-3);
    console.note(&format!(
        "{file}: {counts}, index {index}, {:.1} s ({} rows/s)",
        report.seconds,
        thousands(rate as u64)
    ));
}
