//! Published tag versions: found, verified, held in memory.

mod cache;
mod lru;

pub use self::cache::{Error, Tags};
