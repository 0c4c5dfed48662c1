//! What runs beside requests: the tasks of owned shards.

mod ownership;
mod upkeep;

pub use self::ownership::Ownership;
