//! The rules, one file each: its name, its check, and its tests in both directions.
//!
//! A rule looks at one prepared file and returns what breaks it. Unless it says otherwise, a
//! fence holds for production code; budgets hold for tests too.

pub(crate) mod crate_arrows;
pub(crate) mod dependency_fences;
pub(crate) mod error_display;
pub(crate) mod fence;
pub(crate) mod file_length;
pub(crate) mod file_name;
pub(crate) mod function_length;
pub(crate) mod header;
pub(crate) mod ignored_tests;
pub(crate) mod index_file;
pub(crate) mod line_length;
pub(crate) mod nesting;
pub(crate) mod one_copy;
pub(crate) mod parameters;
pub(crate) mod path_fences;
pub(crate) mod pure_core;
pub(crate) mod server_layers;
pub(crate) mod store_imports;
pub(crate) mod test_names;
pub(crate) mod unfinished;
pub(crate) mod unsafe_code;

#[cfg(test)]
mod snippet;
