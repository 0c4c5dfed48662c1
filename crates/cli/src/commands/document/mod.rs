//! Definitions in YAML.

pub(crate) mod apply;
mod source_files;
pub(crate) mod validate;
