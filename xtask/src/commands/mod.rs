//! The verbs, one file each. A verb parses its arguments, calls what does the work, and prints.

pub(crate) mod bench;
pub(crate) mod ci;
pub(crate) mod demo;
pub(crate) mod proto;
pub(crate) mod test;
pub(crate) mod tidy;
