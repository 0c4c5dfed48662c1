//! Loading files.

pub(crate) mod files;
pub(crate) mod list;

use clap::Subcommand;

/// What there is beside loading itself.
#[derive(Debug, Subcommand)]
pub(crate) enum LoadVerb {
    List(list::ListArgs),
}
