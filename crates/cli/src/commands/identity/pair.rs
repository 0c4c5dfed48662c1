//! Two people, as operators name them.

use crate::args::parse_person;

/// Two people.
#[derive(Debug, clap::Args)]
pub(crate) struct Pair {
    /// TYPE:VALUE or oneid:N
    #[arg(value_name = "A", value_parser = parse_person)]
    pub(super) person: String,
    /// The other one: TYPE:VALUE or oneid:N
    #[arg(value_name = "B", value_parser = parse_person)]
    pub(super) other: String,
}
