//! Audiences: saved segments, and questions about expressions.

pub(crate) mod contains;
pub(crate) mod count;
pub(crate) mod delete;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod show;

use clap::Subcommand;

/// Look at saved segments
#[derive(Debug, Subcommand)]
pub(crate) enum SegmentVerb {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Delete(delete::DeleteArgs),
}
