//! Tables.

mod answer;
pub(crate) mod list;
pub(crate) mod show;

use clap::Subcommand;

/// Look at tables
#[derive(Debug, Subcommand)]
pub(crate) enum TableVerb {
    List(list::ListArgs),
    Show(show::ShowArgs),
}
