//! Every command: a folder per noun, a file per verb. Verbs without a noun lie with what they are
//! about.

pub(crate) mod bench;
pub(crate) mod cluster;
pub(crate) mod dead_letter;
pub(crate) mod demo;
pub(crate) mod document;
pub(crate) mod identity;
pub(crate) mod load;
mod request_id;
pub(crate) mod segment;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod table;
pub(crate) mod tag;

pub(crate) use self::request_id::request_id;
