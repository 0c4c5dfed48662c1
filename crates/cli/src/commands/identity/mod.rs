//! Who is who.

pub(crate) mod explain;
pub(crate) mod resolve;
pub(crate) mod types;

use clap::Subcommand;

/// Look people up
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityVerb {
    Resolve(resolve::ResolveArgs),
    Explain(explain::ExplainArgs),
    Types(types::TypesArgs),
}
