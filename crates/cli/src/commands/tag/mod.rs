//! Tags.

pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod rollback;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod versions;

use clap::Subcommand;

/// Run tags and look at their versions
#[derive(Debug, Subcommand)]
pub(crate) enum TagVerb {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Run(run::RunArgs),
    History(history::HistoryArgs),
    Rollback(rollback::RollbackArgs),
}
