//! Who is who.

pub(crate) mod explain;
pub(crate) mod lift;
pub(crate) mod merge;
mod pair;
pub(crate) mod release;
pub(crate) mod resolve;
pub(crate) mod types;
pub(crate) mod unbind;
pub(crate) mod unmerge;

use clap::Subcommand;

/// Look people up, merge them and part them
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityVerb {
    Resolve(resolve::ResolveArgs),
    Explain(explain::ExplainArgs),
    Types(types::TypesArgs),
    Merge(merge::MergeArgs),
    Unmerge(unmerge::UnmergeArgs),
    Lift(lift::LiftArgs),
    Unbind(unbind::UnbindArgs),
    Release(release::ReleaseArgs),
}
