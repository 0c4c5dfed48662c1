//! Rows that went to no table.

pub(crate) mod export;
pub(crate) mod list;
mod pages;

use clap::Subcommand;

/// See rows that went to no table, and get them back to mend and load them
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetterVerb {
    List(list::ListArgs),
    Export(export::ExportArgs),
}

/// Which letters.
#[derive(Debug, clap::Args)]
pub(crate) struct Chosen {
    /// Rows that were meant for this table
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Rows of this file, as `tagma load list` names it, or of this producer
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Read at this log index instead of the newest one
    #[arg(long, value_name = "INDEX")]
    at: Option<u64>,
}
