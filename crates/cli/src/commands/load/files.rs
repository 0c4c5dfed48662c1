//! `tagma load FILES…`.

use std::path::PathBuf;

use clap::ValueEnum;
use encoding_rs::Encoding;
use serde::Serialize;
use tagma_core::schema::{Name, TableKind};
use tokio_util::sync::CancellationToken;

use super::LoadVerb;
use crate::{
    args::{Mark, parse_encoding, parse_mark, parse_zone},
    connection::Connection,
    console::Console,
    failure::Failure,
    load::{
        self, Delimiter, IdColumn, LoadOptions, LoadReport, Loaded, NotLoaded, Session,
        TextOptions, Told, TypedColumn, load_files,
    },
    output::{Grid, thousands},
};

/// Load CSV, NDJSON and Parquet files into a table
///
///     tagma load orders/ --table orders --kind events --create \
///         --id phone=mobile --id crm_id --time paid_at --timezone Asia/Shanghai
///     tagma load CDNOW_master.txt --table purchases --kind events --create \
///         --id customer_id --time date --delimiter whitespace
///     tagma load '会员*.csv.gz' --table members --encoding gb18030 --null-value NULL
///     tagma load clicks.ndjson.zst --table clicks
///     tagma load orders.csv --table order_lines --kind keyed --create --id phone \
///         --key order_id --key line --version updated_at
///     tagma load stores.csv --table stores --kind reference --create --key store_id
///
/// Files may be compressed by gzip or zstd; directories and quoted patterns stand for the files in
/// them, in order of their names. A file is known by its content: loading it again changes nothing,
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
    /// Files, directories and patterns, loaded in this order
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The table
    #[arg(long, value_name = "TABLE", required = true, value_parser = Name::new)]
    table: Option<Name>,
    /// Make the table from the files' columns where it does not exist
    #[arg(long)]
    create: bool,
    /// events (default): every row counts; attributes: the latest value per person and column;
    /// keyed: per person and --key the row with the greatest --version; reference: rows of nobody,
    /// to be joined
    #[arg(long)]
    kind: Option<Kind>,
    /// Column by which a row replaces another, for keyed and reference; may be given several times
    #[arg(long = "key", value_name = "COLUMN", value_parser = Name::new)]
    key: Vec<Name>,
    /// The column whose greatest value counts of rows with the same key [default: the latest to
    /// arrive]
    #[arg(long = "version", id = "row_version", value_name = "COLUMN", value_parser = Name::new)]
    version: Option<Name>,
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
    /// Type of a column, for --create, instead of a guess: int, decimal(18,2), text, …
    #[arg(long = "type", value_name = "COLUMN=TYPE")]
    types: Vec<TypedColumn>,
    /// What the files are [default: by name and content]
    #[arg(long)]
    format: Option<FileFormat>,
    /// Stop at the first file that cannot be loaded
    #[arg(long)]
    stop_on_error: bool,
    #[command(flatten)]
    text: TextArgs,
}

/// How text files are read.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Text files")]
struct TextArgs {
    /// Between fields: characters, a code such as `\x01`, `tab`, or `whitespace` for runs of
    /// blanks [default: a comma, in .tsv files a tab]
    #[arg(long, value_name = "D")]
    delimiter: Option<Delimiter>,
    /// utf-8, gb18030, gbk, big5, utf-16le, shift_jis, … [default: by byte order mark, else utf-8]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<&'static Encoding>,
    /// Around fields: one character, or `none`
    #[arg(long, value_name = "C", default_value = "\"", value_parser = parse_mark)]
    quote: Mark,
    /// Takes the meaning of the next character away, e.g. `\`
    #[arg(long, value_name = "C", default_value = "none", value_parser = parse_mark)]
    escape: Mark,
    /// The first line is a row; --columns names the columns
    #[arg(long, requires = "columns")]
    no_header: bool,
    /// Names of the columns, instead of those in the heading
    #[arg(long, value_name = "A,B,…", value_delimiter = ',', value_parser = Name::new)]
    columns: Vec<Name>,
    /// Lines to leave out before the heading
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip_rows: u64,
    /// Text that means "no value"; may be given several times [default: the empty text]
    #[arg(long = "null-value", value_name = "TOKEN")]
    null_values: Vec<String>,
    /// Numbers are written `1,5`
    #[arg(long)]
    decimal_comma: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    Csv,
    Ndjson,
    Parquet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Events,
    Attributes,
    Keyed,
    Reference,
}

#[derive(Debug, Serialize)]
struct Answer {
    loads: Vec<LoadReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<NotLoaded>,
}

pub(crate) async fn run(
    args: &LoadArgs,
    connection: &Connection,
    console: &mut Console,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let options = args.options()?;
    let session = Session {
        connection,
        shows_progress: console.shows_progress(),
        stop: stop.clone(),
    };
    let mut tell = |told: Told<'_>| match told {
        Told::Note(note) => console.note(note),
        Told::Loaded(report) => console.note(&loaded_line(report)),
        Told::Failed(failed) => {
            console.note(&format!("error: {}", failed.message));
        }
    };
    let done = load_files(&session, &args.files, &options, &mut tell).await?;
    summarise(&done, console);
    let outcome = outcome(&done);
    let answer = Answer {
        loads: done.loads,
        failed: done.failed,
    };
    console.json(&answer)?;
    outcome
}

/// A table of all files, where there are several.
fn summarise(done: &Loaded, console: &mut Console) {
    if done.loads.len() + done.failed.len() < 2 {
        return;
    }
    let mut grid = Grid::new(&["file", "state", "rows", "rejected", "people", "index"]);
    for load in &done.loads {
        let state = if load.already_loaded {
            "already loaded"
        } else {
            "loaded"
        };
        grid.row([
            load.file.clone(),
            state.to_owned(),
            load.rows.to_string(),
            load.rejected.to_string(),
            load.created.to_string(),
            load.index.to_string(),
        ]);
    }
    for failed in &done.failed {
        let none = || "-".to_owned();
        let state = "not loaded".to_owned();
        grid.row([failed.file.clone(), state, none(), none(), none(), none()]);
    }
    console.summary(&grid);
}

fn outcome(done: &Loaded) -> Result<(), Failure> {
    let Some(first) = done.failed.first() else {
        return Ok(());
    };
    let (failed, all) = (done.failed.len(), done.failed.len() + done.loads.len());
    let message = format!(
        "{failed} of {all} files were not loaded; the first: {}",
        first.message
    );
    Err(Failure::local(first.failure.kind(), message))
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
                Kind::Keyed => TableKind::Keyed,
                Kind::Reference => TableKind::Reference,
            }),
            key: self.key.clone(),
            version: self.version.clone(),
            ids: self.ids.clone(),
            keep_ids: self.keep_ids,
            time: self.time.clone(),
            event: self.event.clone(),
            timezone: self.timezone.clone(),
            types: self.types.clone(),
            create: self.create,
            format: self.format.map(|format| match format {
                FileFormat::Csv => load::Format::Text,
                FileFormat::Ndjson => load::Format::Json,
                FileFormat::Parquet => load::Format::Parquet,
            }),
            text: self.text.options(),
            stops_on_error: self.stop_on_error,
        })
    }
}

impl TextArgs {
    fn options(&self) -> TextOptions {
        let nulls = match self.null_values.as_slice() {
            [] => vec![String::new()],
            given => given.to_vec(),
        };
        TextOptions {
            encoding: self.encoding,
            delimiter: self.delimiter.clone(),
            quote: self.quote.0,
            escape: self.escape.0,
            has_heading: !self.no_header,
            columns: self.columns.clone(),
            skip_rows: self.skip_rows,
            nulls,
            decimal_comma: self.decimal_comma,
        }
    }
}

fn loaded_line(report: &LoadReport) -> String {
    let counts = format!(
        "{} rows, {} rejected, {} people created",
        thousands(report.rows),
        thousands(report.rejected),
        thousands(report.created),
    );
    let (file, index) = (&report.file, report.index);
    if report.already_loaded {
        return format!("{file}: already loaded at index {index}: nothing changed ({counts})");
    }
    let rate = (report.rows + report.rejected) as f64 / report.seconds.max(1e-3);
    format!(
        "{file}: {counts}, index {index}, {:.1} s ({} rows/s)",
        report.seconds,
        thousands(rate as u64)
    )
}
