//! Reading runs: no byte is handed out before its block's checksum is verified.

mod cache;
mod reader;
mod store;

pub use self::reader::BlockReader;
pub use self::store::{VerifiedStore, section_path};
