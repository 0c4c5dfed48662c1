//! The house rules, checked over the whole tree in one pass.
//!
//! `tree` reads what git knows, `source` and `manifest` prepare one file, `rules` look at prepared
//! files and return findings, `exceptions` (xtask/tidy.toml) take findings away that have a reason
//! to stay. A rule never reads a file itself, so that each is tested on snippets.

mod check;
mod exceptions;
mod finding;
mod functions;
mod manifest;
mod mentions;
mod rules;
mod source;
mod test_code;
mod tree;

pub(crate) use check::check_tree;
pub(crate) use tree::read_tree;
