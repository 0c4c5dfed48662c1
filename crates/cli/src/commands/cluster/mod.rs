//! The cluster.

pub(crate) mod status;

use clap::Subcommand;

/// Look at the cluster
#[derive(Debug, Subcommand)]
pub(crate) enum ClusterVerb {
    Status(status::StatusArgs),
}
